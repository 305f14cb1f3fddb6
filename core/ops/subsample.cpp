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
  // Samples spread over the threads: first(offset of the sample in x), then for each pixel that is
  // kept f(offset of the pixel in x, offset of its copy in y).
  const auto for_each_sample = [=, batch = x.size(0)](auto first, auto f) {
    parallel_for(batch, 1, [=](std::int64_t begin, std::int64_t end) {
      for (std::int64_t n = begin; n < end; ++n) {
        const std::int64_t sample = n * height * width * channels;
        first(sample);
        std::int64_t copy = n * out_height * out_width * out_channels;
        for (std::int64_t h = 0; h < height; h += stride) {
          for (std::int64_t w = 0; w < width; w += stride, copy += out_channels) {
            f(sample + (h * width + w) * channels, copy);
          }
        }
      }
    });
  };
  Tensor y = Tensor::empty({x.size(0), out_height, out_width, out_channels}, x.dtype());
  dispatch(x.dtype(), [&]<class T>(T) {
    const auto copy_pixel = [=, from = x.data<T>(), to = y.mutable_data<T>()](auto at, auto copy) {
      T* end = std::fill_n(to + copy, before, T{0});
      end = std::copy_n(from + at, channels, end);
      std::fill_n(end, after, T{0});
    };
    for_each_sample([](std::int64_t) {}, copy_pixel);
  });
  return record("subsample_pad", y, {&x}, [=, shape = x.shape()](Tensor dy) -> Gradients {
    Tensor dx = Tensor::empty(shape, dy.dtype());
    dispatch(dy.dtype(), [&]<class T>(T) {
      const T* from = dy.data<T>();
      T* to = dx.mutable_data<T>();
      for_each_sample(
          [=](auto sample) { std::fill_n(to + sample, height * width * channels, T{0}); },
          [=](auto at, auto copy) { std::copy_n(from + copy + before, channels, to + at); });
    });
    return {dx};
  });
}

}  // namespace keel
