#pragma once
// Tensors by name: the state of a model or an optimiser, apart from it.

#include <map>
#include <string>
#include <string_view>

#include <keel/core/shape.h>
#include <keel/core/tensor.h>

namespace keel {

using StateDict = std::map<std::string, Tensor>;

/// Throws Error(kData) that lists every name that is missing, unexpected or of another shape.
/// `owner` is what the state should fit: "the model".
void check_state_fits(std::string_view owner, const std::map<std::string, Shape>& expected,
                      const StateDict& state);

}  // namespace keel
