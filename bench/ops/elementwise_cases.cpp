#include <fmt/format.h>

#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Function {
  const char* name;
  Tensor (*function)(const Tensor& x);
};

const std::vector<Function> kFunctions = {
    {"relu", relu},
    {"sigmoid", sigmoid},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"exp", exp},
};

// A layer of mlp, and a map of resnet20 at batch 128.
const std::vector<Shape> kShapes = {{60, 100}, {128, 32, 32, 16}};

// One operation per element, however many a function takes: memory is the limit to hold it against.
Work work_of(const Shape& shape, int arrays) {
  const double elements = static_cast<double>(shape.numel());
  return {.flops = elements, .bytes = 4 * arrays * elements};
}

}  // namespace

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases;
  for (const Shape& shape : kShapes) {
    const std::string suffix = fmt::format("/{}", shape.numel());
    for (const auto& [name, function] : kFunctions) {
      const Op op = [f = function](const std::vector<Tensor>& in) { return f(in[0]); };
      cases.push_back(forward_case(name + suffix + "/forward", work_of(shape, 2), {shape}, op));
      cases.push_back(
          backward_case(name + suffix + "/backward", work_of(shape, 3), {shape}, {0}, op));
    }
    cases.push_back(forward_case("add" + suffix + "/forward", work_of(shape, 3), {shape, shape},
                                 [](const std::vector<Tensor>& in) { return in[0] + in[1]; }));
  }
  return cases;
}

}  // namespace keel::bench
