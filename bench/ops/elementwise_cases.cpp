#include <fmt/format.h>

#include <keel/core/ops/activation.h>
#include <keel/core/ops/dropout.h>
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
    {"selu", selu},
    {"silu", silu},
    {"gelu", [](const Tensor& x) { return gelu(x); }},
    {"gelu-tanh", [](const Tensor& x) { return gelu(x, GeluForm::kTanh); }},
    {"sigmoid", sigmoid},
    {"tanh", tanh},
    {"softplus", [](const Tensor& x) { return softplus(x); }},
    {"exp", exp},
    {"abs", abs},
    {"clamp", [](const Tensor& x) { return clamp(x, -1, 1); }},
    {"square", [](const Tensor& x) { return pow(x, 2); }},
    {"log of abs", [](const Tensor& x) { return log(abs(x)); }},
    {"sqrt of abs", [](const Tensor& x) { return sqrt(abs(x)); }},
    {"dropout", [](const Tensor& x) { return dropout(x, 0.5, Rng(1)); }},
};

// Of two maps, or of a map and a value per channel.
struct Binary {
  const char* name;
  SumFunction function;
};
const std::vector<Binary> kBinary = {{"add", add}, {"sub", sub}, {"mul", mul}, {"div", div}};

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
Work forward_work(const Shape& shape, int arrays) {
  const double elements = static_cast<double>(shape.numel());
  return {.flops = elements, .bytes = 4 * arrays * elements};
}

// Reads dy and what was saved, and writes dx over dy.
Work backward_work(const Shape& shape) {
  const double elements = static_cast<double>(shape.numel());
  return {.flops = elements, .bytes = 12 * elements, .working_set = 8 * elements, .in_place = true};
}

// Backward the gradient of a sum is the same for both.
std::vector<Case> cases_of(const std::string& name, const Shape& x, Function function,
                           SumFunction sum_function) {
  if (sum_function != nullptr) {
    const Op op = [=](const std::vector<Tensor>& in) { return sum_function(in[0], in[1]); };
    return {forward_case(name + "/forward", forward_work(x, 3), {x, x}, op),
            backward_case(name + "/backward", backward_work(x), {x, x}, {0, 1}, op)};
  }
  const Op op = [=](const std::vector<Tensor>& in) { return function(in[0]); };
  return {forward_case(name + "/forward", forward_work(x, 2), {x}, op),
          backward_case(name + "/backward", backward_work(x), {x}, {0}, op)};
}

}  // namespace

std::vector<Case> elementwise_cases() {
  std::vector<Case> cases;
  for (const auto& [name, function] : kFunctions) {
    append(cases, cases_of(fmt::format("{}/{}", name, kMap.numel()), kMap, function, nullptr), "",
           0);
  }
  for (const auto& [name, function] : kBinary) {
    const Op op = [f = function](const std::vector<Tensor>& in) { return f(in[0], in[1]); };
    cases.push_back(forward_case(fmt::format("{}/{}/forward", name, kMap.numel()),
                                 forward_work(kMap, 3), {kMap, kMap}, op));
    const std::string by_channel = fmt::format("{}/{} by {}", name, kMap.numel(), kMap[3]);
    const std::vector<Shape> inputs = {kMap, {kMap[3]}};
    cases.push_back(forward_case(by_channel + "/forward", forward_work(kMap, 2), inputs, op));
    cases.push_back(
        backward_case(by_channel + "/backward", forward_work(kMap, 3), inputs, {0, 1}, op));
  }
  for (const Layer& layer : kLayers) {
    append(cases,
           cases_of(fmt::format("{}/{}/{}", layer.name, layer.model, layer.x.numel()), layer.x,
                    layer.function, layer.sum_function),
           layer.model, layer.count);
  }
  return cases;
}

}  // namespace keel::bench
