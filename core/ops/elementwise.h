#pragma once
// Arithmetic, element by element.

#include <keel/core/tensor.h>

namespace keel {

// Of two tensors: shapes broadcast by NumPy's rule (aligned at the end, an extent of 1 stretches).
// Throw Error naming both shapes when they do not, and when the dtypes differ.

Tensor add(const Tensor& a, const Tensor& b);
Tensor sub(const Tensor& a, const Tensor& b);
Tensor mul(const Tensor& a, const Tensor& b);
Tensor div(const Tensor& a, const Tensor& b);
/// The larger of the two, NaN where either is. The gradient goes to the larger one, half to each of
/// equals (PyTorch's rule).
Tensor maximum(const Tensor& a, const Tensor& b);

inline Tensor operator+(const Tensor& a, const Tensor& b) {
  return add(a, b);
}
inline Tensor operator-(const Tensor& a, const Tensor& b) {
  return sub(a, b);
}
inline Tensor operator*(const Tensor& a, const Tensor& b) {
  return mul(a, b);
}
inline Tensor operator/(const Tensor& a, const Tensor& b) {
  return div(a, b);
}

// Of a tensor and a number, which takes the tensor's dtype.

inline Tensor operator+(const Tensor& a, double b) {
  return add(a, Tensor::scalar(b, a.dtype()));
}
inline Tensor operator+(double a, const Tensor& b) {
  return add(Tensor::scalar(a, b.dtype()), b);
}
inline Tensor operator-(const Tensor& a, double b) {
  return sub(a, Tensor::scalar(b, a.dtype()));
}
inline Tensor operator-(double a, const Tensor& b) {
  return sub(Tensor::scalar(a, b.dtype()), b);
}
inline Tensor operator*(const Tensor& a, double b) {
  return mul(a, Tensor::scalar(b, a.dtype()));
}
inline Tensor operator*(double a, const Tensor& b) {
  return mul(Tensor::scalar(a, b.dtype()), b);
}
inline Tensor operator/(const Tensor& a, double b) {
  return div(a, Tensor::scalar(b, a.dtype()));
}
inline Tensor operator/(double a, const Tensor& b) {
  return div(Tensor::scalar(a, b.dtype()), b);
}

// Of one tensor. What is not defined for an element is NaN or infinite, as in <cmath>.

Tensor neg(const Tensor& x);
inline Tensor operator-(const Tensor& x) {
  return neg(x);
}
Tensor exp(const Tensor& x);
Tensor log(const Tensor& x);
Tensor sqrt(const Tensor& x);
/// x^exponent. The gradient of x^0 is 0, at x = 0 too.
Tensor pow(const Tensor& x, double exponent);
/// |x|. The gradient at 0 is 0.
Tensor abs(const Tensor& x);
/// min(max(x, low), high); NaN stays NaN. The gradient passes where low <= x <= high.
/// Throws Error unless low <= high.
Tensor clamp(const Tensor& x, double low, double high);
/// The same values in another dtype.
Tensor cast(const Tensor& x, DType dtype);

}  // namespace keel
