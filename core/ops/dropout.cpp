#include <cstdint>

#include <keel/core/autograd.h>
#include <keel/core/kernels/map.h>
#include <keel/core/kernels/random_words.h>
#include <keel/core/ops/dropout.h>
#include <keel/core/parallel.h>

namespace keel {
namespace {

Tensor drop(const Tensor& x, double p, const Rng::State& state) {
  if (p == 1) return Tensor::zeros(x.shape(), x.dtype());
  const auto dropped_below = static_cast<std::uint32_t>(p * 0x1p32);
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    const T* from = x.data<T>();
    T* to = y.mutable_data<T>();
    const T scale = static_cast<T>(1 / (1 - p));
    parallel_for(y.numel(), kernels::kMapGrain, [=](std::int64_t begin, std::int64_t end) {
      kernels::for_drawn(state, 1, begin, end,
                         [=](const std::uint32_t* words, std::int64_t first, std::int64_t number) {
                           // Read and scaled in any case: no branch that depends on the draw.
                           for (std::int64_t i = 0; i < number; ++i) {
                             const T kept = scale * from[first + i];
                             to[first + i] = words[i] < dropped_below ? T(0) : kept;
                           }
                         });
    });
  });
  return y;
}

}  // namespace

Tensor dropout(const Tensor& x, double p, const Rng& rng) {
  check(p >= 0 && p <= 1, "dropout: p {} is not between 0 and 1", p);
  if (p == 0) return x;
  // The backward draws the mask again rather than keep it.
  return record(
      "dropout", drop(x, p, rng.state()), {&x},
      [p, state = rng.state()](const Tensor& dy) -> Gradients { return {drop(dy, p, state)}; });
}

}  // namespace keel
