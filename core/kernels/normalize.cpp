#include <keel/core/kernels/normalize.h>
#include <keel/core/parallel.h>

#define KEEL_ISA_SOURCE <keel/core/kernels/normalize.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels {
namespace {

// f(i, first element of x, first coefficient, pixels) for each block
template <class F>
void for_each_block(const PixelBlocks& blocks, bool per_block, F&& f) {
  parallel_for(blocks.count(), 1, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      f(i * blocks.block * blocks.channels, per_block ? i * blocks.channels : 0, blocks.size(i));
    }
  });
}

}  // namespace

template <class T>
void block_moments(const PixelBlocks& blocks, const T* x, double* mean, double* m2) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_moments<T>));
  for_each_block(blocks, true, [=, c = blocks.channels](auto at, auto row, auto pixels) {
    kernel(x + at, pixels, c, mean + row, m2 + row);
  });
}

template <class T>
void block_affine(const PixelBlocks& blocks, bool per_block, const T* x, const T* center,
                  const T* scale, const T* shift, T* y) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_affine<T>));
  for_each_block(blocks, per_block, [=, c = blocks.channels](auto at, auto row, auto pixels) {
    kernel(x + at, pixels, c, center + row, scale + row, shift + row, y + at);
  });
}

template <class T>
void block_products(const PixelBlocks& blocks, bool per_block, const T* x, const T* dy,
                    const T* center, double* sum, double* product) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_products<T>));
  for_each_block(blocks, true, [=, c = blocks.channels](auto at, auto row, auto pixels) {
    kernel(x + at, dy + at, pixels, c, center + (per_block ? row : 0), sum + row, product + row);
  });
}

template <class T>
void block_backward(const PixelBlocks& blocks, bool per_block, const T* x, const T* dy,
                    const T* center, const T* scale, const T* slope, const T* shift, T* dx) {
  const auto kernel = select(KEEL_ISA_VARIANTS(column_backward<T>));
  for_each_block(blocks, per_block, [=, c = blocks.channels](auto at, auto row, auto pixels) {
    kernel(x + at, dy + at, pixels, c, center + row, scale + row, slope + row, shift + row,
           dx + at);
  });
}

#define KEEL_INSTANTIATE(T)                                                                        \
  template void block_moments<T>(const PixelBlocks&, const T*, double*, double*);                  \
  template void block_affine<T>(const PixelBlocks&, bool, const T*, const T*, const T*, const T*,  \
                                T*);                                                               \
  template void block_products<T>(const PixelBlocks&, bool, const T*, const T*, const T*, double*, \
                                  double*);                                                        \
  template void block_backward<T>(const PixelBlocks&, bool, const T*, const T*, const T*,          \
                                  const T*, const T*, const T*, T*);
KEEL_INSTANTIATE(float)
KEEL_INSTANTIATE(double)
#undef KEEL_INSTANTIATE

}  // namespace keel::kernels
