// A vector of floats as wide as the instruction set has, and how it meets memory. for_each_isa.h
// puts this before each kernel source.

namespace keel::kernels::KEEL_ISA {

using Floats [[gnu::vector_size(4 * KEEL_ISA_LANES), gnu::aligned(4), gnu::may_alias]] = float;

inline Floats load(const float* p) {
  return *reinterpret_cast<const Floats*>(p);
}
inline void store(float* p, Floats v) {
  *reinterpret_cast<Floats*>(p) = v;
}

inline std::int64_t lane_count() {
  return KEEL_ISA_LANES;
}

// A number that a generic lambda can use as a constant.
template <int N>
struct Constant {
  static constexpr int value = N;
};

}  // namespace keel::kernels::KEEL_ISA
