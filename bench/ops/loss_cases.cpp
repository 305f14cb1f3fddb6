#include <fmt/format.h>

#include <keel/core/ops/loss.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

// Logits [N, classes].
const std::vector<Shape> kShapes = {{128, 10}, {256, 1000}};

}  // namespace

std::vector<Case> loss_cases() {
  std::vector<Case> cases;
  for (const Shape& shape : kShapes) {
    std::vector<std::int32_t> labels;
    for (std::int64_t i = 0; i < shape[0]; ++i) {
      labels.push_back(static_cast<std::int32_t>(i % shape[1]));
    }
    const Op op = [labels](const std::vector<Tensor>& in) { return cross_entropy(in[0], labels); };
    const std::string name = fmt::format("cross_entropy/{}x{}", shape[0], shape[1]);
    // Maximum, difference, exponential, sum; backward: difference, factor.
    const double elements = static_cast<double>(shape.numel());
    cases.push_back(forward_case(name + "/forward", {.flops = 4 * elements, .bytes = 4 * elements},
                                 {shape}, op));
    cases.push_back(backward_case(
        name + "/backward", {.flops = 2 * elements, .bytes = 8 * elements}, {shape}, {0}, op));
  }
  return cases;
}

}  // namespace keel::bench
