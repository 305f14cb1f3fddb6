// A vector as wide as the instruction set has, of floats, and how it meets memory. for_each_isa.h
// puts it before each kernel source.

namespace keel::kernels::KEEL_ISA {

using Floats [[gnu::vector_size(4 * KEEL_ISA_LANES), gnu::aligned(4), gnu::may_alias]] = float;

inline Floats load(const float* p) {
  return *reinterpret_cast<const Floats*>(p);
}
inline void store(float* p, Floats v) {
  *reinterpret_cast<Floats*>(p) = v;
}

}  // namespace keel::kernels::KEEL_ISA
