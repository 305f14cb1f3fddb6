#pragma once
// Parameters and gradients for the tests of this room.

#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <keel/optim/optimizer.h>

#include "tests/support/gradient_check.h"

namespace keel::testing {

inline NamedParameter parameter(std::string name, Tensor value) {
  value.set_requires_grad();
  return {std::move(name), std::move(value)};
}

/// The float64 parameter "w" with these values, alone in a group.
inline ParameterGroup one_parameter(std::initializer_list<double> values, double weight_decay = 0) {
  const Shape shape{static_cast<std::int64_t>(values.size())};
  return {.parameters = {parameter("w", Tensor::from(shape, values, DType::kFloat64))},
          .weight_decay = weight_decay};
}

/// Gives the only parameter of a group this gradient.
inline void set_gradient(const ParameterGroup& group, std::initializer_list<double> values) {
  Tensor value = group.parameters.at(0).value;
  value.set_grad(Tensor::from(value.shape(), values, DType::kFloat64));
}

/// Two groups of random parameters, one of them longer than a chunk of the element loops.
inline std::vector<ParameterGroup> random_groups(DType dtype) {
  return {{.parameters = {parameter("weight", random_tensor({40000}, 1, dtype)),
                          parameter("filter", random_tensor({3, 3, 2}, 2, dtype))},
           .weight_decay = 0.01},
          {.parameters = {parameter("bias", random_tensor({5}, 3, dtype))}, .lr_scale = 2}};
}

/// Gradients that are random, the same for the same seed.
inline void set_random_gradients(const std::vector<ParameterGroup>& groups, std::uint64_t seed) {
  for (const ParameterGroup& group : groups) {
    for (NamedParameter parameter : group.parameters) {
      Tensor& value = parameter.value;
      value.set_grad(random_tensor(value.shape(), seed++, value.dtype()));
    }
  }
}

/// The elements of the only parameter of a group.
inline std::vector<double> values(const ParameterGroup& group) {
  const auto elements = group.parameters.at(0).value.values<double>();
  return {elements.begin(), elements.end()};
}

}  // namespace keel::testing
