#include <algorithm>

#include <keel/core/blas.h>
#include <keel/core/kernels/im2col.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

// Convolution as matrix products: the patches of a strip of output rows become the rows of a matrix
// ("im2col"; Chellapilla et al., "High Performance Convolutional Neural Networks for Document
// Processing", 2006), which is multiplied by the weights. Strips are sized so that the matrix stays
// in the L2 cache.
namespace keel::kernels::im2col {
namespace {

constexpr std::int64_t kStripElements = 1 << 17;

// One group of a convolution, and how its output rows are cut into strips.
struct Patches {
  const ConvShape& s;
  std::int64_t channels = s.in_channels / s.groups;                   // of one group
  std::int64_t outputs = s.out_channels / s.groups;                   // of one group
  std::int64_t length = s.kernel_height * s.kernel_width * channels;  // of one patch
  std::int64_t strip_rows = std::clamp<std::int64_t>(
      kStripElements / std::max<std::int64_t>(1, length* s.out_width), 1, s.out_height);
  std::int64_t strips = (s.out_height + strip_rows - 1) / strip_rows;  // of one image

  // The patches of a 1x1 convolution are its input's pixels.
  bool are_the_input() const {
    return s.kernel_height == 1 && s.kernel_width == 1 && s.stride == 1 && s.padding == 0 &&
           s.groups == 1;
  }
  std::int64_t first_row(std::int64_t strip) const { return strip * strip_rows; }
  std::int64_t pixels(std::int64_t strip) const {
    return std::min(strip_rows, s.out_height - first_row(strip)) * s.out_width;
  }
  std::int64_t max_pixels() const { return strip_rows * s.out_width; }
};

// Calls f(patch, input, count) for each run of taps, count elements, that a patch holds
// contiguously; input is null where the run lies in the padding.
template <class T, class F>
void for_each_run(const Patches& p, std::int64_t strip, std::int64_t group, T* image, F&& f) {
  const ConvShape& s = p.s;
  const std::int64_t first = p.first_row(strip), pixels = p.pixels(strip);
  // Neighbouring taps of a row are contiguous in both when nothing lies between them.
  const bool joined = s.dilation == 1 && s.groups == 1;
  std::int64_t patch = 0;
  for (std::int64_t pixel = 0; pixel < pixels; ++pixel) {
    const std::int64_t top = (first + pixel / s.out_width) * s.stride - s.padding;
    const std::int64_t left = (pixel % s.out_width) * s.stride - s.padding;
    for (std::int64_t r = 0; r < s.kernel_height; ++r) {
      const std::int64_t h = top + r * s.dilation;
      const bool row_inside = h >= 0 && h < s.height;
      T* const row =
          row_inside ? image + h * s.width * s.in_channels + group * p.channels : nullptr;
      if (!row_inside || (joined && left >= 0 && left + s.kernel_width <= s.width)) {
        f(patch, row_inside ? row + left * s.in_channels : nullptr, s.kernel_width * p.channels);
        patch += s.kernel_width * p.channels;
        continue;
      }
      for (std::int64_t q = 0; q < s.kernel_width; ++q, patch += p.channels) {
        const std::int64_t w = left + q * s.dilation;
        const bool inside = w >= 0 && w < s.width;
        f(patch, inside ? row + w * s.in_channels : nullptr, p.channels);
      }
    }
  }
}

template <class T>
const T* gather(const Patches& p, std::int64_t strip, std::int64_t group, const T* image,
                T* patches) {
  if (p.are_the_input()) return image + p.first_row(strip) * p.s.width * p.s.in_channels;
  for_each_run(p, strip, group, image, [=](std::int64_t at, const T* input, std::int64_t count) {
    if (input != nullptr) {
      std::copy_n(input, count, patches + at);
    } else {
      std::fill_n(patches + at, count, T(0));
    }
  });
  return patches;
}

template <class T>
void scatter_add(const Patches& p, std::int64_t strip, std::int64_t group, const T* patches,
                 T* image) {
  for_each_run(p, strip, group, image, [=](std::int64_t at, T* input, std::int64_t count) {
    if (input == nullptr) return;
    for (std::int64_t i = 0; i < count; ++i) input[i] += patches[at + i];
  });
}

}  // namespace

template <class T>
void forward(const ConvShape& s, const T* x, const T* weight, T* y) {
  const Patches p{s};
  const ThreadScratch<T> scratch(p.max_pixels() * p.length);
  parallel_for(s.batch * p.strips, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t job = begin; job < end; ++job) {
      const std::int64_t n = job / p.strips, strip = job % p.strips;
      const T* image = x + n * s.height * s.width * s.in_channels;
      T* out = y + (n * s.out_height + p.first_row(strip)) * s.out_width * s.out_channels;
      for (std::int64_t g = 0; g < s.groups; ++g) {
        const T* patches = gather(p, strip, g, image, scratch.mine());
        blas::gemm<T>(false, true, p.pixels(strip), p.outputs, p.length, patches, p.length,
                      weight + g * p.outputs * p.length, p.length, T(0), out + g * p.outputs,
                      s.out_channels);
      }
    }
  });
}

template <class T>
void backward_data(const ConvShape& s, const T* dy, const T* weight, T* dx) {
  const Patches p{s};
  const ThreadScratch<T> scratch(p.max_pixels() * p.length);
  parallel_for(s.batch, 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t n = begin; n < end; ++n) {
      T* image = dx + n * s.height * s.width * s.in_channels;
      std::fill_n(image, s.height * s.width * s.in_channels, T(0));
      for (std::int64_t strip = 0; strip < p.strips; ++strip) {
        const T* out = dy + (n * s.out_height + p.first_row(strip)) * s.out_width * s.out_channels;
        for (std::int64_t g = 0; g < s.groups; ++g) {
          blas::gemm<T>(false, false, p.pixels(strip), p.length, p.outputs, out + g * p.outputs,
                        s.out_channels, weight + g * p.outputs * p.length, p.length, T(0),
                        scratch.mine(), p.length);
          scatter_add(p, strip, g, scratch.mine(), image);
        }
      }
    }
  });
}

template <class T>
void backward_weight(const ConvShape& s, const T* x, const T* dy, T* dweight) {
  const Patches p{s};
  const std::int64_t size = s.out_channels * p.length;
  // A fixed number of partial sums, added in order: the same bits for any number of threads.
  constexpr std::int64_t kPartials = 16;
  const std::int64_t grain = std::max<std::int64_t>(1, (s.batch + kPartials - 1) / kPartials);
  const std::int64_t partials = (s.batch + grain - 1) / grain;
  const Scratch<T> sums(partials * size);
  const ThreadScratch<T> scratch(p.max_pixels() * p.length);
  parallel_for(s.batch, grain, [&](std::int64_t begin, std::int64_t end) {
    T* sum = sums.data() + begin / grain * size;
    std::fill_n(sum, size, T(0));
    for (std::int64_t n = begin; n < end; ++n) {
      const T* image = x + n * s.height * s.width * s.in_channels;
      for (std::int64_t strip = 0; strip < p.strips; ++strip) {
        const T* out = dy + (n * s.out_height + p.first_row(strip)) * s.out_width * s.out_channels;
        for (std::int64_t g = 0; g < s.groups; ++g) {
          const T* patches = gather(p, strip, g, image, scratch.mine());
          blas::gemm<T>(true, false, p.outputs, p.length, p.pixels(strip), out + g * p.outputs,
                        s.out_channels, patches, p.length, T(1), sum + g * p.outputs * p.length,
                        p.length);
        }
      }
    }
  });
  parallel_for(size, 1 << 14, [&](std::int64_t begin, std::int64_t end) {
    std::fill(dweight + begin, dweight + end, T(0));
    for (std::int64_t partial = 0; partial < partials; ++partial) {
      const T* sum = sums.data() + partial * size;
      for (std::int64_t i = begin; i < end; ++i) dweight[i] += sum[i];
    }
  });
}

#define KEEL_INSTANTIATE(T)                                                 \
  template void forward<T>(const ConvShape&, const T*, const T*, T*);       \
  template void backward_data<T>(const ConvShape&, const T*, const T*, T*); \
  template void backward_weight<T>(const ConvShape&, const T*, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels::im2col
