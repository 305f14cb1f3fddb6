// The loop of map.h, for one instruction set.

namespace keel::kernels::KEEL_ISA {

template <class F>
void for_indices(std::int64_t begin, std::int64_t end, const F& f) {
  const F local = f;  // its captures stay in registers: what it stores cannot change them
  for (std::int64_t i = begin; i < end; ++i) local(i);
}

}  // namespace keel::kernels::KEEL_ISA
