#include "apps/norm_check.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <fmt/format.h>

#include <keel/core/autograd.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/norm.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>
#include <keel/layers/weight_rule.h>

#include "apps/exit_code.h"

namespace keel {
namespace {

Sequential conv_and_norm(const NormSpec& spec, std::int64_t size, Rng& rng) {
  constexpr std::int64_t kChannels = 8;
  Sequential model;
  model.add<Conv2d>(3, kChannels,
                    Conv2dOptions{.padding = 1, .bias = false, .weight_rules = weight_rules(spec)},
                    rng);
  const NormSite site{.channels = kChannels, .height = size, .width = size};
  model.add(make_norm(spec, site));
  if (ModulePtr activation = make_norm_activation(spec, site)) model.add(std::move(activation));
  convert(model, DType::kFloat64);
  // As after some training: gammas are not 1, and betas not 0.
  for (StateEntry& entry : parameters_of(model)) {
    if (entry.kind == StateKind::kConvWeight) continue;
    entry.tensor.copy_from(Tensor::uniform(entry.tensor.shape(), 0.3, 0.9, rng));
  }
  return model;
}

double dot(const Tensor& a, const Tensor& b) {
  double sum = 0;
  for (std::int64_t i = 0; i < a.numel(); ++i) sum += a.data<double>()[i] * b.data<double>()[i];
  return sum;
}

}  // namespace

GradientError norm_gradient_error(const NormSpec& spec, bool training) {
  constexpr std::int64_t kSize = 4;
  constexpr double kStep = 1e-5;
  Rng rng(1);
  Sequential model = conv_and_norm(spec, kSize, rng);
  const Shape shape{3, kSize, kSize, 3};
  {
    const NoGradGuard no_grad;  // running statistics unlike those of a new layer
    model.forward(Tensor::normal(shape, 0, 1, rng, DType::kFloat64), {.training = true});
  }
  const Mode mode{.training = training, .statistics = StatisticsUpdate::kNever};
  Tensor x = Tensor::normal(shape, 0, 1, rng, DType::kFloat64).set_requires_grad();
  const Tensor y = model.forward(x, mode);
  const Tensor upstream = Tensor::normal(y.shape(), 0, 1, rng, DType::kFloat64);
  backward(y, upstream);

  const NoGradGuard no_grad;
  GradientError error;
  const auto compare = [&](Tensor tensor, const std::string& name) {
    double* values = tensor.mutable_data<double>();
    const auto objective = [&](std::int64_t i, double value) {
      values[i] = value;
      return dot(model.forward(x, mode), upstream);
    };
    for (std::int64_t i = 0; i < tensor.numel(); ++i) {
      const double before = values[i];
      const double difference =
          (objective(i, before + kStep) - objective(i, before - kStep)) / (2 * kStep);
      values[i] = before;
      const double gradient = tensor.has_grad() ? tensor.grad().data<double>()[i] : 0;
      const double scale = std::max({1.0, std::abs(gradient), std::abs(difference)});
      const double found = std::abs(gradient - difference) / scale;
      if (found > error.largest || std::isnan(found))
        error = {found, fmt::format("{}[{}]", name, i)};
    }
  };
  compare(x, "input");
  for (const StateEntry& entry : parameters_of(model)) compare(entry.tensor, entry.path);
  return error;
}

int check_norms(const std::vector<NormSpec>& specs) {
  bool all_right = true;
  std::size_t width = 0;
  for (const NormSpec& spec : specs) width = std::max(width, to_text(spec).size());
  for (const NormSpec& spec : specs) {
    for (const bool training : {true, false}) {
      const GradientError error = norm_gradient_error(spec, training);
      const bool told = !training || !norm_table().at(spec.norm.name).holds_constants;
      all_right = all_right && (error.right() || !told);
      std::cout << fmt::format("{:<{}}  {:<12}{:>8.1e}  {}\n", to_text(spec), width,
                               training ? "training" : "evaluation", error.largest,
                               error.right() ? "right"
                               : told        ? "wrong at " + error.where
                                      : "not told: part of it is a constant to the gradient");
    }
  }
  std::cout << fmt::format(
      "largest difference of a gradient from central differences, float64; right: at most {}\n",
      GradientError::kTolerance);
  return all_right ? kExitDone : kExitInternal;
}

}  // namespace keel
