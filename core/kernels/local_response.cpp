#include <algorithm>
#include <cmath>

#include <keel/core/kernels/local_response.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/local_response.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// f(first element, pixels, scratch)
template <class F>
void for_each_chunk(const ResponseWindow& window, F&& f) {
  const ThreadScratch<double> scratch(3 * window.channels + window.size);
  const std::int64_t grain = std::max<std::int64_t>(1, (1 << 14) / window.channels);
  parallel_for(window.pixels, grain, [&](std::int64_t begin, std::int64_t end) {
    f(begin * window.channels, end - begin, scratch.mine());
  });
}

}  // namespace

template <class T>
void local_response(const ResponseWindow& window, const T* x, T* y) {
  const auto kernel = select(KEEL_ISA_VARIANTS(response<T>));
  for_each_chunk(window, [&](std::int64_t at, std::int64_t pixels, double* scratch) {
    kernel(window, x + at, pixels, scratch, y + at);
  });
}

template <class T>
void local_response_backward(const ResponseWindow& window, const T* x, const T* dy, T* dx) {
  const auto kernel = select(KEEL_ISA_VARIANTS(response_backward<T>));
  for_each_chunk(window, [&](std::int64_t at, std::int64_t pixels, double* scratch) {
    kernel(window, x + at, dy + at, pixels, scratch, dx + at);
  });
}

#define KEEL_INSTANTIATE(T)                                             \
  template void local_response<T>(const ResponseWindow&, const T*, T*); \
  template void local_response_backward<T>(const ResponseWindow&, const T*, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
