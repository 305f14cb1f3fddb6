#pragma once
// The same bits for any number of threads, forward and backward.

#include "tests/support/gradient_check.h"

namespace keel::testing {

/// Runs f forward and backward (a random upstream gradient) with 1, 2, 3 and 16 threads, on the
/// inputs in float32, and fails the running test, naming what differs, unless the output and every
/// gradient have the same bits each time. Choose inputs large enough for several chunks.
void check_threads(const Function& f, const std::vector<Tensor>& inputs);

}  // namespace keel::testing
