#include "tests/support/golden.h"

#include <memory>

#include <keel/optim/adam.h>
#include <keel/optim/sgd.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;
using nlohmann::json;

namespace {

ParameterGroup golden_group(const json& shapes, double weight_decay = 0) {
  ParameterGroup group{.parameters = {}, .weight_decay = weight_decay};
  for (const json& shape : shapes) {
    const std::string name = fmt::format("param{}", group.parameters.size());
    Tensor value = golden_tensor(name, golden_shape(shape), -1, 1);
    group.parameters.push_back({name, value.set_requires_grad()});
  }
  return group;
}

void set_golden_gradients(const ParameterGroup& group, std::size_t step) {
  for (auto [name, value] : group.parameters) {
    value.set_grad(golden_tensor(fmt::format("grad.step{}.{}", step, name), value.shape(), -1, 1));
  }
}

std::unique_ptr<Optimizer> make_optimizer(const std::string& kind, const ParameterGroup& group,
                                          const json& options) {
  if (kind == "sgd") {
    const SgdOptions sgd{.momentum = options.value("momentum", 0.0),
                         .nesterov = options.value("nesterov", false)};
    return std::make_unique<Sgd>(std::vector{group}, sgd);
  }
  AdamOptions adam{.decoupled = kind == "adamw"};
  if (options.contains("betas")) {
    adam.beta1 = options["betas"][0];
    adam.beta2 = options["betas"][1];
    adam.eps = options["eps"];
  }
  return std::make_unique<Adam>(std::vector{group}, adam);
}

}  // namespace

TEST_CASE("optimisers agree with PyTorch's over ten steps") {
  const json file = read_golden("optim.json");
  for (const json& golden : file["optimizers"]) {
    const json& options = golden["options"];
    INFO(golden["optimizer"] << " " << options);
    const ParameterGroup group = golden_group(file["shapes"], options.value("weight_decay", 0.0));
    const auto optimizer = make_optimizer(golden["optimizer"], group, options);
    for (std::size_t step = 0; step < golden["steps"].size(); ++step) {
      INFO("step " << step);
      set_golden_gradients(group, step);
      optimizer->step(options["lr"]);
      for (std::size_t i = 0; i < group.parameters.size(); ++i) {
        const Tensor& found = group.parameters[i].value;
        const Tensor expected = golden_values(golden["steps"][step][i], found.shape());
        CHECK(max_difference(found, expected) < 1e-12);
      }
    }
  }
}
