#pragma once
// Golden values: what PyTorch computed from inputs that both sides make alike (tests/golden).

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>
#include <vector>

#include <keel/core/tensor.h>

namespace keel::testing {

/// The golden tensor of that name: low + (high - low) u_i, u_i the i-th uniform() of the stream
/// numbered by the name's 64-bit FNV-1a hash.
Tensor golden_tensor(std::string_view name, const Shape& shape, double low, double high,
                     DType dtype = DType::kFloat64);
/// floor(classes u_i).
std::vector<std::int32_t> golden_labels(std::string_view name, std::int64_t count, int classes);

/// tests/golden/<file>.
nlohmann::json read_golden(std::string_view file);
/// [2, 3] as a shape.
Shape golden_shape(const nlohmann::json& extents);
/// A list of numbers as a float64 tensor.
Tensor golden_values(const nlohmann::json& values, const Shape& shape);

using GoldenInputs = std::map<std::string, Tensor>;
/// The golden tensors "<name>.<input>" of a case of ops.json, each with its shape and range;
/// leaves.
GoldenInputs golden_inputs(const std::string& name, const nlohmann::json& specification,
                           DType dtype);
/// Compares y with the case's outputs, then the gradient of each input under the upstream gradient
/// "<name>.dy". Fails the running test where the relative error exceeds 1e-11, or 1e-5 in float32.
void check_golden(const std::string& name, const Tensor& y, const GoldenInputs& inputs,
                  const nlohmann::json& outputs);

}  // namespace keel::testing
