#include "tests/support/golden.h"

#include <functional>
#include <map>
#include <string>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/conv.h>
#include <keel/core/ops/pool.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;
using nlohmann::json;

namespace {

struct Case {
  std::string name;
  json options;
  std::map<std::string, Tensor> inputs;

  const Tensor& operator[](const char* input) const { return inputs.at(input); }
};

Tensor run_conv2d(const Case& c) {
  return conv2d(c["x"], c["weight"], c["bias"],
                {.stride = c.options.value("stride", 1),
                 .padding = c.options.value("padding", 0),
                 .dilation = c.options.value("dilation", 1),
                 .groups = c.options.value("groups", 1)});
}

Pool2dOptions pool_options(const Case& c) {
  return {.kernel = c.options["kernel"],
          .stride = c.options["stride"],
          .padding = c.options["padding"],
          .count_include_pad = c.options.value("count_include_pad", true)};
}

Tensor run_adaptive_avg_pool2d(const Case& c) {
  return adaptive_avg_pool2d(c["x"], c.options["size"][0], c.options["size"][1]);
}

const std::map<std::string, std::function<Tensor(const Case&)>> kOps = {
    {"conv2d", run_conv2d},
    {"max_pool2d", [](const Case& c) { return max_pool2d(c["x"], pool_options(c)); }},
    {"avg_pool2d", [](const Case& c) { return avg_pool2d(c["x"], pool_options(c)); }},
    {"adaptive_avg_pool2d", run_adaptive_avg_pool2d},
    {"relu", [](const Case& c) { return relu(c["x"]); }},
    {"leaky_relu", [](const Case& c) { return leaky_relu(c["x"]); }},
    {"elu", [](const Case& c) { return elu(c["x"]); }},
    {"gelu", [](const Case& c) { return gelu(c["x"]); }},
    {"gelu_tanh", [](const Case& c) { return gelu(c["x"], GeluForm::kTanh); }},
    {"silu", [](const Case& c) { return silu(c["x"]); }},
    {"softplus", [](const Case& c) { return softplus(c["x"]); }},
    {"sigmoid", [](const Case& c) { return sigmoid(c["x"]); }},
    {"tanh", [](const Case& c) { return keel::tanh(c["x"]); }},
};

std::map<std::string, Tensor> golden_inputs(const std::string& name, const json& specification,
                                            DType dtype) {
  std::map<std::string, Tensor> inputs;
  for (const auto& [key, input] : specification.items()) {
    inputs[key] = golden_tensor(name + "." + key, golden_shape(input["shape"]), input["range"][0],
                                input["range"][1], dtype)
                      .set_requires_grad();
  }
  return inputs;
}

// The op's value, and its gradients under the golden upstream gradient, against PyTorch's.
void check_outputs(const std::string& name, const Tensor& y,
                   const std::map<std::string, Tensor>& inputs, const json& outputs) {
  const double tolerance = y.dtype() == DType::kFloat64 ? 1e-11 : 1e-5;
  const auto check_output = [&](const std::string& output, const Tensor& found) {
    INFO(output);
    const json& golden = outputs.at(output);
    const Tensor expected = golden_values(golden["values"], golden_shape(golden["shape"]));
    CHECK(relative_error(found, expected) < tolerance);
  };
  check_output("y", y);
  backward(y, golden_tensor(name + ".dy", y.shape(), -1, 1, y.dtype()));
  for (const auto& [key, input] : inputs) check_output("d" + key, input.grad());
}

}  // namespace

TEST_CASE("golden tensors are those the golden files were made from") {
  const json file = read_golden("ops.json");
  for (const json& golden : file["golden_tensors"]) {
    const Shape shape{static_cast<std::int64_t>(golden["values"].size())};
    CHECK(bit_equal(golden_tensor(golden["name"].get<std::string>(), shape, -2, 3),
                    golden_values(golden["values"], shape)));
  }
}

TEST_CASE("ops and their gradients agree with PyTorch") {
  const DType dtype = GENERATE(DType::kFloat64, DType::kFloat32);
  const json file = read_golden("ops.json");
  for (const json& golden : file["cases"]) {
    const std::string op = golden["op"];
    if (!kOps.contains(op)) continue;
    const std::string name = golden["name"];
    INFO(name << " in " << name_of(dtype));
    const Case c{name, golden["options"], golden_inputs(name, golden["inputs"], dtype)};
    check_outputs(name, kOps.at(op)(c), c.inputs, golden["outputs"]);
  }
}
