#include <algorithm>

#include <keel/core/autograd.h>
#include <keel/core/kernels/local_response.h>
#include <keel/core/ops/local_response.h>

namespace keel {

Tensor local_response(const Tensor& x, const LocalResponse& options) {
  check(x.rank() >= 1 && x.numel() > 0, "local_response: expects x [..., C], not empty, got {}",
        x.shape());
  check(options.size >= 1, "local_response: expects a size of at least 1, got {}", options.size);
  // A window wider than the channels adds nothing to their sums.
  const std::int64_t channels = x.size(-1), before = std::min(options.size / 2, channels),
                     after = std::min(options.size - 1 - options.size / 2, channels);
  const kernels::ResponseWindow window{.pixels = x.numel() / channels,
                                       .channels = channels,
                                       .size = before + 1 + after,
                                       .before = before,
                                       .share = options.alpha / static_cast<double>(options.size),
                                       .k = options.k,
                                       .beta = options.beta};
  Tensor y = Tensor::empty(x.shape(), x.dtype());
  dispatch(x.dtype(),
           [&]<class T>(T) { kernels::local_response(window, x.data<T>(), y.mutable_data<T>()); });
  return record("local_response", std::move(y), {&x}, [window, x](Tensor dy) -> Gradients {
    Tensor dx = dy.unique() ? dy : Tensor::empty(x.shape(), x.dtype());
    dispatch(x.dtype(), [&]<class T>(T) {
      kernels::local_response_backward(window, x.data<T>(), dy.data<T>(), dx.mutable_data<T>());
    });
    return {std::move(dx)};
  });
}

}  // namespace keel
