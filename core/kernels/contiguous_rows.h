#pragma once
// Normalisation of rows whose elements lie side by side: the channels of a pixel, the weights of a
// dense unit.

#include <cstdint>

namespace keel::kernels {

/// x as `count` rows of `width` elements. gamma and beta repeat every `groups` rows: those of row r
/// begin at (r mod groups) width.
struct ContiguousRows {
  std::int64_t count, width, groups;
};

/// Per row: the mean, or 0 where rows are not `centred`, and the mean of (x - that)^2.
template <class T>
void row_moments(const ContiguousRows& rows, bool centred, const T* x, double* mean,
                 double* square);

/// y = gamma (x - mean) inverse + beta, with a ReLU behind it or not. mean and inverse [count],
/// gamma and beta [groups width].
template <class T>
struct RowAffine {
  const double *mean, *inverse;
  const T *gamma, *beta;
  bool relu;
};

template <class T>
void row_affine(const ContiguousRows& rows, const RowAffine<T>& affine, const T* x, T* y);

/// The gradients of the same, where the inverse depends on the row's mean of (x - mean)^2 by
/// `slope` [count], and the mean, where rows are `centred`, on x:
///   dx = gamma inverse dy + (x - mean) (2 / width) slope sum(gamma dy (x - mean))
///        - inverse sum(gamma dy) / width   (where centred)
///   dgamma = sum over rows of dy (x - mean) inverse, dbeta = sum over rows of dy.
/// Where the ReLU was 0, dy counts as 0. dx may be dy.
template <class T>
void row_backward(const ContiguousRows& rows, const RowAffine<T>& affine, bool centred,
                  const double* slope, const T* x, const T* dy, T* dx, double* dgamma,
                  double* dbeta);

}  // namespace keel::kernels
