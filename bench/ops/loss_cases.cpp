#include <fmt/format.h>

#include <keel/core/ops/loss.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

// Logits [N, classes].
const std::vector<Shape> kShapes = {{128, 10}, {256, 1000}};

struct Softmax {
  const char* name;
  Tensor (*function)(const Tensor& x, int axis);
};
const std::vector<Softmax> kSoftmaxes = {{"softmax", softmax}, {"log_softmax", log_softmax}};

struct MeanLoss {
  const char* name;
  Tensor (*function)(const Tensor& x, const Tensor& target);
};
const std::vector<MeanLoss> kMeanLosses = {
    {"mse", mse}, {"binary_cross_entropy_with_logits", binary_cross_entropy_with_logits}};

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
    for (const auto& [softmax_name, function] : kSoftmaxes) {
      const Op along_row = [f = function](const std::vector<Tensor>& in) { return f(in[0], -1); };
      const std::string full = fmt::format("{}/{}x{}", softmax_name, shape[0], shape[1]);
      cases.push_back(forward_case(
          full + "/forward", {.flops = 5 * elements, .bytes = 8 * elements}, {shape}, along_row));
      cases.push_back(backward_case(full + "/backward",
                                    {.flops = 4 * elements, .bytes = 12 * elements}, {shape}, {0},
                                    along_row));
    }
    for (const auto& [loss_name, function] : kMeanLosses) {
      const Op against = [f = function,
                          target = Tensor::full(shape, 0.5)](const std::vector<Tensor>& in) {
        return f(in[0], target.to(in[0].dtype()));
      };
      const std::string full = fmt::format("{}/{}x{}", loss_name, shape[0], shape[1]);
      cases.push_back(forward_case(
          full + "/forward", {.flops = 3 * elements, .bytes = 8 * elements}, {shape}, against));
      cases.push_back(backward_case(full + "/backward",
                                    {.flops = 2 * elements, .bytes = 12 * elements}, {shape}, {0},
                                    against));
    }
  }
  return cases;
}

}  // namespace keel::bench
