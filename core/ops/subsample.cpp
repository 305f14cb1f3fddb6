#include <algorithm>

#include <keel/core/autograd.h>
#include <keel/core/ops/subsample.h>
#include <keel/core/parallel.h>

namespace keel {

Tensor subsample_pad(const Tensor& x, std::int64_t stride, std::int64_t before,
                     std::int64_t after) {
  check(x.rank() == 4, "subsample_pad: expects x [N, H, W, C], got {}", x.shape());
  check(stride >= 1 && before >= 0 && after >= 0,
        "subsample_pad: stride {}, {} and {} added channels", stride, before, after);
  const std::int64_t height = x.size(1), width = x.size(2), channels = x.size(3);
  const std::int64_t out_height = (height + stride - 1) / stride;
  const std::int64_t out_width = (width + stride - 1) / stride;
  const std::int64_t out_channels = before + channels + after;
  Tensor y = Tensor::zeros({x.size(0), out_height, out_width, out_channels}, x.dtype());
  // f(offset of a pixel of x, offset of its copy in y), samples spread over the threads
  const auto for_each_pixel = [=, batch = x.size(0)](auto f) {
    parallel_for(batch, 1, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t row = begin * out_height; row < end * out_height; ++row) {
        for (std::int64_t w = 0; w < out_width; ++w) {
          const std::int64_t n = row / out_height, h = row % out_height;
          f(((n * height + h * stride) * width + w * stride) * channels,
            (row * out_width + w) * out_channels + before);
        }
      }
    });
  };
  dispatch(x.dtype(), [&]<class T>(T) {
    for_each_pixel([=, from = x.data<T>(), to = y.mutable_data<T>()](auto at, auto copy) {
      std::copy_n(from + at, channels, to + copy);
    });
  });
  return record("subsample_pad", y, {&x}, [=, shape = x.shape()](Tensor dy) -> Gradients {
    Tensor dx = Tensor::zeros(shape, dy.dtype());
    dispatch(dy.dtype(), [&]<class T>(T) {
      for_each_pixel([=, from = dy.data<T>(), to = dx.mutable_data<T>()](auto at, auto copy) {
        std::copy_n(from + copy, channels, to + at);
      });
    });
    return {dx};
  });
}

}  // namespace keel
