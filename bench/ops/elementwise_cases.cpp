#include <fmt/format.h>

#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

using Function = Tensor (*)(const Tensor& x);
using SumFunction = Tensor (*)(const Tensor& a, const Tensor& b);

struct NamedFunction {
  const char* name;
  Function function;
};

const std::vector<NamedFunction> kFunctions = {
    {"relu", relu},
    {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }},
    {"elu", [](const Tensor& x) { return elu(x); }},
    {"silu", silu},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"sigmoid", sigmoid},
    {"tanh", tanh},
    {"softplus", [](const Tensor& x) { return softplus(x); }},
    {"exp", exp},
};

// A map of resnet20.
const Shape kMap = {128, 32, 32, 16};

// What the models have of them.
struct Layer {
  const char *name, *model;
  Shape x;
  int count;
  Function function;
  SumFunction sum_function{};  // instead: of x and another
};

const std::vector<Layer> kLayers = {
    {"sigmoid", "mlp", {60, 100}, 3, sigmoid},
    {"relu", "lenet5", {256, 120}, 1, relu},
    {"relu", "lenet5", {256, 84}, 1, relu},
    {"relu", "vgg-small", {128, 256}, 1, relu},
    {"add_relu", "resnet20", kMap, 3, nullptr, add_relu},
    {"add_relu", "resnet20", {128, 16, 16, 32}, 3, nullptr, add_relu},
    {"add_relu", "resnet20", {128, 8, 8, 64}, 3, nullptr, add_relu},
};

// One operation per element, however many a function takes: memory is the limit to hold it against.
Work work_of(const Shape& shape, int arrays) {
  const double elements = static_cast<double>(shape.numel());
  return {.flops = elements, .bytes = 4 * arrays * elements};
}

// Backward the gradient of a sum is the same for both.
std::vector<Case> cases_of(const std::string& name, const Shape& x, Function function,
                           SumFunction sum_function) {
  if (sum_function != nullptr) {
    const Op op = [=](const std::vector<Tensor>& in) { return sum_function(in[0], in[1]); };
    return {forward_case(name + "/forward", work_of(x, 3), {x, x}, op),
            backward_case(name + "/backward", work_of(x, 3), {x, x}, {0, 1}, op)};
  }
  const Op op = [=](const std::vector<Tensor>& in) { return function(in[0]); };
  return {forward_case(name + "/forward", work_of(x, 2), {x}, op),
          backward_case(name + "/backward", work_of(x, 3), {x}, {0}, op)};
}

}  // namespace

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases;
  for (const auto& [name, function] : kFunctions) {
    append(cases, cases_of(fmt::format("{}/{}", name, kMap.numel()), kMap, function, nullptr), "",
           0);
  }
  cases.push_back(forward_case(fmt::format("add/{}/forward", kMap.numel()), work_of(kMap, 3),
                               {kMap, kMap},
                               [](const std::vector<Tensor>& in) { return in[0] + in[1]; }));
  for (const Layer& layer : kLayers) {
    append(cases,
           cases_of(fmt::format("{}/{}/{}", layer.name, layer.model, layer.x.numel()), layer.x,
                    layer.function, layer.sum_function),
           layer.model, layer.count);
  }
  return cases;
}

}  // namespace keel::bench
