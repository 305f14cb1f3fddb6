#include "apps/diagnostics/parameter_space.h"

#include <cmath>

#include <keel/core/autograd.h>
#include <keel/layers/state.h>

namespace keel {
namespace {

// The sum of f(a, b) over all elements.
template <class F>
double sum_of(std::span<const Tensor> a, std::span<const Tensor> b, F f) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    dispatch(a[i].dtype(), [&]<class T>(T) {
      const std::span<const T> x = a[i].values<T>(), y = b[i].values<T>();
      for (std::size_t j = 0; j < x.size(); ++j) {
        sum += f(static_cast<double>(x[j]), static_cast<double>(y[j]));
      }
    });
  }
  return sum;
}

double dot(std::span<const Tensor> a, std::span<const Tensor> b) {
  return sum_of(a, b, [](double x, double y) { return x * y; });
}

}  // namespace

double norm(std::span<const Tensor> x) {
  return std::sqrt(dot(x, x));
}

double distance(std::span<const Tensor> a, std::span<const Tensor> b) {
  return std::sqrt(sum_of(a, b, [](double x, double y) { return (x - y) * (x - y); }));
}

double cosine(std::span<const Tensor> a, std::span<const Tensor> b) {
  return dot(a, b) / (norm(a) * norm(b));
}

std::vector<Tensor> clones(std::span<const Tensor> tensors) {
  std::vector<Tensor> copies;
  for (const Tensor& tensor : tensors) copies.push_back(tensor.clone());
  return copies;
}

Restore::Restore(std::span<const Tensor> tensors)
    : tensors_(tensors.begin(), tensors.end()), before_(clones(tensors)) {}

Restore::~Restore() {
  for (std::size_t i = 0; i < tensors_.size(); ++i) tensors_[i].copy_from(before_[i]);
}

void descend(std::span<const Tensor> parameters, std::span<const Tensor> direction, double step) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    Tensor parameter = parameters[i];
    dispatch(parameter.dtype(), [&]<class T>(T) {
      T* w = parameter.mutable_data<T>();
      const T* d = direction[i].data<T>();
      for (std::int64_t j = 0; j < parameter.numel(); ++j) w[j] -= static_cast<T>(step) * d[j];
    });
  }
}

Objective::Value Objective::operator()() const {
  for (Tensor parameter : parameters_) parameter.clear_grad();
  const Tensor loss = loss_();
  backward(loss);
  Value value{loss.item(), {}};
  for (Tensor parameter : parameters_) {
    value.gradient.push_back(parameter.has_grad()
                                 ? parameter.grad()
                                 : Tensor::zeros(parameter.shape(), parameter.dtype()));
    parameter.clear_grad();
  }
  return value;
}

std::vector<ParameterRange> parameter_ranges(Module& model) {
  std::vector<ParameterRange> ranges;
  const std::vector<StateEntry> parameters = parameters_of(model);
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const StateEntry& entry = parameters[i];
    const std::size_t dot = entry.path.rfind('.');
    const std::string layer = dot == std::string::npos ? "" : entry.path.substr(0, dot);
    if (ranges.empty() || ranges.back().layer != layer) ranges.push_back({layer, i, i, false});
    ranges.back().end = i + 1;
    ranges.back().weighs |=
        entry.kind == StateKind::kWeight || entry.kind == StateKind::kConvWeight;
  }
  return ranges;
}

}  // namespace keel
