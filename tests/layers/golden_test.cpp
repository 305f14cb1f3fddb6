#include "tests/support/golden.h"

#include <keel/layers/batch_norm.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;
using nlohmann::json;

TEST_CASE("batch norm and its running statistics agree with PyTorch over several steps") {
  const DType dtype = GENERATE(DType::kFloat64, DType::kFloat32);
  const json file = read_golden("ops.json");
  for (const json& golden : file["batch_norm"]) {
    const json& momentum = golden["options"]["momentum"];
    NormOptions options{.eps = golden["options"]["eps"], .momentum = std::nullopt};
    if (!momentum.is_null()) options.momentum = momentum.get<double>();
    const Shape channels = golden_shape(golden["inputs"]["gamma"]["shape"]);
    BatchNorm layer(channels[0], options);
    convert(layer, dtype);
    for (const json& stage : golden["stages"]) {
      const std::string stage_name = stage["stage"];
      const std::string name = golden["name"].get<std::string>() + "." + stage_name;
      INFO(name);
      GoldenInputs inputs = golden_inputs(name, golden["inputs"], dtype);
      for (StateEntry& entry : parameters_of(layer)) {
        Tensor& input = inputs.at(entry.kind == StateKind::kNormWeight ? "gamma" : "beta");
        entry.tensor.copy_from(input);
        input = entry.tensor;  // whose gradient is compared
      }
      zero_grad(layer);
      const Tensor y = layer.forward(inputs.at("x"), {.training = stage_name != "evaluation"});
      check_golden(name, y, inputs, stage["outputs"]);
      const double tolerance = dtype == DType::kFloat64 ? 1e-12 : 1e-6;
      for (const char* buffer : {"running_mean", "running_var"}) {
        INFO(buffer);
        CHECK(max_difference(state_dict(layer).at(buffer), golden_values(stage[buffer], channels)) <
              tolerance);
      }
    }
  }
}
