// Every normalisation and rule for the weights against PyTorch's values and gradients
// (tests/golden/make_norms.py).

#include <set>

#include <keel/core/autograd.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/norm.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "tests/support/golden.h"
#include "tests/support/gradient_check.h"
#include "tests/support/norm_specs.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;
using nlohmann::json;

namespace {

// The norm, and the activation that it brings, as one list of state without their numbers.
struct NormUnderTest {
  NormUnderTest(const NormSpec& spec, const Shape& shape, DType dtype) {
    const NormSite site{.channels = shape[3], .height = shape[1], .width = shape[2]};
    layers.add(make_norm(spec, site));
    if (ModulePtr activation = make_norm_activation(spec, site)) layers.add(std::move(activation));
    convert(layers, dtype);
  }
  std::vector<StateEntry> state() {
    std::vector<StateEntry> entries = state_of(layers);
    for (StateEntry& entry : entries) entry.path = entry.path.substr(2);
    return entries;
  }
  Sequential layers;
};

}  // namespace

TEST_CASE("every normalisation agrees with PyTorch over steps and in evaluation") {
  const DType dtype = GENERATE(DType::kFloat64, DType::kFloat32);
  const double tolerance = dtype == DType::kFloat64 ? 1e-10 : 2e-5;
  const json file = read_golden("norms.json");
  const Shape shape = golden_shape(file["shape"]);
  std::set<std::string> covered;
  for (const json& golden : file["cases"]) {
    const std::string spec = golden["spec"];
    covered.insert(NormSpec(spec).norm.name);
    NormUnderTest norm(spec, shape, dtype);
    std::uint64_t stream = 0;  // of the stage's noise
    for (const json& stage : golden["stages"]) {
      const std::string stage_name = stage["stage"], name = "norm." + spec + "." + stage_name;
      INFO(name << " in " << name_of(dtype));
      for (StateEntry& entry : norm.state()) {
        if (!is_parameter(entry.kind)) continue;
        entry.tensor.copy_from(
            golden_tensor(name + "." + entry.path, entry.tensor.shape(), 0.2, 0.9));
        entry.tensor.clear_grad();
      }
      Tensor x = golden_tensor(name + ".x", shape, -1, 2, dtype).set_requires_grad();
      const Tensor y =
          norm.layers.forward(x, {.training = stage_name != "evaluation", .rng = Rng(1, stream++)});
      backward(y, golden_tensor(name + ".dy", shape, -1, 1, dtype));
      CHECK(relative_error(y.detach(), golden_values(stage["y"], shape)) < tolerance);
      CHECK(relative_error(x.grad(), golden_values(stage["dx"], shape)) < tolerance);
      for (const StateEntry& entry : norm.state()) {
        if (entry.kind == StateKind::kCounter) continue;
        INFO(entry.path);
        const bool parameter = is_parameter(entry.kind);
        const json& expected = parameter ? stage["d" + entry.path] : stage["buffers"][entry.path];
        CHECK(relative_error(parameter ? entry.tensor.grad() : entry.tensor,
                             golden_values(expected, entry.tensor.shape())) < tolerance);
      }
    }
  }
  for (const json& golden : file["blocks"]) covered.insert(golden["spec"]);
  // The others are the identity.
  const std::set<std::string> elsewhere = {"none", "selu"};
  for (const auto& [name, entry] : norm_table()) {
    CAPTURE(name);
    CHECK(covered.contains(name) != elsewhere.contains(name));
  }
}

TEST_CASE("what replaces the normalisation of residual branches agrees with PyTorch") {
  const DType dtype = GENERATE(DType::kFloat64, DType::kFloat32);
  const double tolerance = dtype == DType::kFloat64 ? 1e-10 : 2e-5;
  const json file = read_golden("norms.json");
  const Shape shape = golden_shape(file["block_shape"]);
  for (const json& golden : file["blocks"]) {
    const std::string spec = golden["spec"], name = "block." + spec;
    INFO(name << " in " << name_of(dtype));
    Residual block = residual_block(spec, shape[3], dtype);
    std::vector<StateEntry> parameters = parameters_of(block);
    for (StateEntry& entry : parameters) {
      entry.path = entry.path.substr(std::string("main.").size());
      const bool weight = entry.kind == StateKind::kConvWeight;
      entry.tensor.copy_from(golden_tensor(name + "." + entry.path, entry.tensor.shape(),
                                           weight ? -0.5 : 0.2, weight ? 0.5 : 0.9));
    }
    Tensor x = golden_tensor(name + ".x", shape, -1, 2, dtype).set_requires_grad();
    const Tensor y = block.forward(x, {.training = true});
    backward(y, golden_tensor(name + ".dy", shape, -1, 1, dtype));
    CHECK(relative_error(y.detach(), golden_values(golden["y"], shape)) < tolerance);
    CHECK(relative_error(x.grad(), golden_values(golden["dx"], shape)) < tolerance);
    CHECK(parameters.size() + 3 == golden.size());  // spec, y and dx
    for (const StateEntry& entry : parameters) {
      INFO(entry.path);
      CHECK(relative_error(entry.tensor.grad(), golden_values(golden.at("d" + entry.path),
                                                              entry.tensor.shape())) < tolerance);
    }
  }
}

TEST_CASE("every rule for the weights agrees with PyTorch") {
  const json file = read_golden("norms.json");
  std::size_t rules = 0;
  for (const json& golden : file["weight_rules"]) {
    const std::string spec = golden["spec"], name = "rule." + spec;
    CAPTURE(spec);
    ++rules;
    LayerWeight weight(golden_tensor(name + ".weight", {3, 2, 2, 4}, -1, 1),
                       weight_rules("none+" + spec));
    std::map<std::string, Tensor> learnt;
    StateVisitor visitor([&](const std::string& path, Tensor& tensor, StateKind kind) {
      if (!is_parameter(kind)) return;
      if (kind != StateKind::kConvWeight) {
        tensor = golden_tensor(name + "." + path, tensor.shape(), 0.5, 1.5).set_requires_grad();
      }
      learnt[path] = tensor;
    });
    weight.visit(visitor, StateKind::kConvWeight);
    Tensor used = weight.used({});
    if (spec == "sn") {
      for (int step = 0; step < 100; ++step) used = weight.used({.training = true});
    }
    CHECK(relative_error(used.detach(), golden_values(golden["used"], used.shape())) < 1e-9);
    backward(used, golden_tensor(name + ".dy", used.shape(), -1, 1));
    for (const auto& [path, tensor] : learnt) {
      CHECK(relative_error(tensor.grad(), golden_values(golden["d" + path], tensor.shape())) <
            1e-9);
    }
  }
  CHECK(rules == weight_rule_table().size());
}
