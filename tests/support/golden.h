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

}  // namespace keel::testing
