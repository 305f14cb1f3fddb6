#pragma once
// Rows of few or odd channels, several taken as one, so that loops over them fill whole registers.

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>

#include <keel/core/kernels/scratch.h>

namespace keel::kernels {

/// How many pixels to take as one: until they fill whole vectors, if that is not too many values.
inline std::int64_t pixels_side_by_side(std::int64_t channels, std::int64_t lanes) {
  constexpr std::int64_t kMostValues = 4096;
  const std::int64_t pixels = lanes / std::gcd(channels, lanes);
  return pixels * channels <= kMostValues ? pixels : 1;
}

/// f(first element, rows, values) for a block's whole rows of pixels side by side, and for its
/// rest.
template <class F>
void for_each_rows(std::int64_t pixels, std::int64_t channels, std::int64_t side_by_side, F&& f) {
  const std::int64_t rows = pixels / side_by_side, values = channels * side_by_side;
  if (rows > 0) f(std::int64_t{0}, rows, values);
  if (const std::int64_t rest = pixels % side_by_side; rest > 0) {
    f(rows * values, std::int64_t{1}, rest * channels);
  }
}

/// Sets of per-channel coefficients, each repeated for the pixels side by side.
template <class T, std::size_t Sets>
class Repeated {
 public:
  Repeated(std::int64_t channels, std::int64_t copies)
      : channels_(channels),
        copies_(copies),
        values_(static_cast<std::int64_t>(Sets) * channels * copies) {}

  /// The calling thread's copies, until it asks again.
  std::array<const T*, Sets> of(const std::array<const T*, Sets>& sets) const {
    std::array<const T*, Sets> repeated;
    T* to = values_.mine();
    for (std::size_t s = 0; s < Sets; ++s) {
      repeated[s] = to;
      for (std::int64_t i = 0; i < copies_; ++i) to = std::copy_n(sets[s], channels_, to);
    }
    return repeated;
  }

 private:
  std::int64_t channels_, copies_;
  ThreadScratch<T> values_;
};

/// Sets of sums per channel, gathered apart for each of the pixels side by side.
template <std::size_t Sets>
class Sums {
 public:
  using Mine = std::array<double*, Sets>;

  Sums(std::int64_t channels, std::int64_t copies)
      : channels_(channels),
        size_(channels * copies),
        values_(static_cast<std::int64_t>(Sets) * size_) {}

  /// The calling thread's, all 0, until it asks again.
  Mine zeroed() const {
    Mine sums;
    for (std::size_t s = 0; s < Sets; ++s) {
      sums[s] = values_.mine() + static_cast<std::int64_t>(s) * size_;
      std::fill_n(sums[s], size_, 0.0);
    }
    return sums;
  }
  /// Leaves each channel's sums in its first place.
  void fold(const Mine& sums) const {
    for (double* sum : sums) {
      for (std::int64_t i = channels_; i < size_; ++i) sum[i % channels_] += sum[i];
    }
  }

 private:
  std::int64_t channels_, size_;
  ThreadScratch<double> values_;
};

}  // namespace keel::kernels
