#pragma once
// Activation functions, element by element: y has the shape and dtype of x. NaN stays NaN.

#include <keel/core/tensor.h>

namespace keel {

/// y = max(x, 0). Its gradient at 0 is 0.
Tensor relu(const Tensor& x);

/// y = max(a + b, 0), in one pass. Throws Error unless a and b have one shape and dtype.
Tensor add_relu(const Tensor& a, const Tensor& b);

/// y = x for x > 0, else slope x.
Tensor leaky_relu(const Tensor& x, double slope = 0.01);

/// y = x for x > 0, else alpha (exp(x) - 1).
/// Clevert et al., "Fast and Accurate Deep Network Learning by Exponential Linear Units", 2016.
Tensor elu(const Tensor& x, double alpha = 1.0);

/// y = s x for x > 0, else s a (exp(x) - 1), s = 1.0507, a = 1.6733: keeps mean 0 and variance 1 of
/// what has them. Klambauer et al., "Self-Normalizing Neural Networks", 2017.
Tensor selu(const Tensor& x);

enum class GeluForm {
  kErf,   ///< y = x Phi(x), Phi the normal distribution function
  kTanh,  ///< y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), within 5e-4 of it
};
/// Hendrycks and Gimpel, "Gaussian Error Linear Units", 2016.
Tensor gelu(const Tensor& x, GeluForm form = GeluForm::kErf);

/// y = x sigmoid(x), also called swish.
Tensor silu(const Tensor& x);

/// y = 1 / (1 + exp(-x)).
Tensor sigmoid(const Tensor& x);

/// y = (exp(x) - exp(-x)) / (exp(x) + exp(-x)).
Tensor tanh(const Tensor& x);

/// y = log(1 + exp(beta x)) / beta; y = x where beta x > threshold. Never overflows.
/// Throws Error unless beta > 0.
Tensor softplus(const Tensor& x, double beta = 1.0, double threshold = 20.0);

}  // namespace keel
