#include "tests/support/golden.h"

#include <functional>
#include <map>
#include <string>

#include <keel/core/ops/activation.h>
#include <keel/core/ops/conv.h>
#include <keel/core/ops/loss.h>
#include <keel/core/ops/normalize.h>
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
  GoldenInputs inputs;

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

Tensor run_group_norm(const Case& c) {
  return normalize(c["x"], c["gamma"], c["beta"], {.groups = c.options["groups"]}, c.options["eps"])
      .y;
}

Tensor run_cross_entropy(const Case& c) {
  const auto labels =
      golden_labels(c.name + ".labels", c["x"].size(0), static_cast<int>(c["x"].size(1)));
  return cross_entropy(c["x"], labels, c.options["label_smoothing"]);
}

Tensor run_bce_with_logits(const Case& c) {
  const Tensor& x = c["x"];
  return binary_cross_entropy_with_logits(
      x, golden_tensor(c.name + ".targets", x.shape(), 0, 1, x.dtype()));
}

const std::map<std::string, std::function<Tensor(const Case&)>> kOps = {
    {"conv2d", run_conv2d},
    {"max_pool2d", [](const Case& c) { return max_pool2d(c["x"], pool_options(c)); }},
    {"avg_pool2d", [](const Case& c) { return avg_pool2d(c["x"], pool_options(c)); }},
    {"adaptive_avg_pool2d", run_adaptive_avg_pool2d},
    {"group_norm", run_group_norm},
    {"cross_entropy", run_cross_entropy},
    {"bce_with_logits", run_bce_with_logits},
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
    const std::string name = golden["name"];
    INFO(name);
    const Case c{name, golden["options"], golden_inputs(name, golden["inputs"], dtype)};
    check_golden(name, kOps.at(golden["op"])(c), c.inputs, golden["outputs"]);
  }
}
