#pragma once
// How far the float32 kernels are from float64.

#include <string>
#include <vector>

#include "bench/ops/cases.h"

namespace keel::bench {

/// Prints a table of the cases that the regular expression finds and that compute with tensors: the
/// relative error ||a - b|| / ||b|| of float32 against float64 on the same inputs, with fast and
/// with precise kernels.
void print_errors(const std::vector<Case>& cases, const std::string& filter, bool markdown);

}  // namespace keel::bench
