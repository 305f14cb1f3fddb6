#include "tests/support/golden.h"

#include <memory>

#include <keel/optim/adam.h>
#include <keel/optim/clip.h>
#include <keel/optim/schedule.h>
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

Schedule make_schedule(const json& golden) {
  const std::string kind = golden["schedule"];
  const json& options = golden["options"];
  ScheduleOptions schedule{.lr = golden["lr"], .gamma = options.value("gamma", 1.0)};
  if (kind == "StepLR" || kind == "ExponentialLR") {
    schedule.kind = ScheduleKind::kStep;
    schedule.step_size = options.value("step_size", 1);
  } else if (kind == "MultiStepLR") {
    schedule.kind = ScheduleKind::kMultiStep;
    schedule.milestones = options["milestones"].get<std::vector<std::int64_t>>();
  } else if (kind == "CosineAnnealingLR") {
    schedule.kind = ScheduleKind::kCosine;
    schedule.total_steps = options["T_max"];
    schedule.min_lr = options["eta_min"];
  } else {
    check(kind == "OneCycleLR", "no schedule {}", kind);
    schedule.kind = ScheduleKind::kOneCycle;
    schedule.lr = options["max_lr"];
    schedule.total_steps = options["total_steps"];
    schedule.pct_start = options["pct_start"];
    schedule.div_factor = options["div_factor"];
    schedule.final_div_factor = options["final_div_factor"];
  }
  return Schedule(schedule);
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

TEST_CASE("gradient clipping agrees with PyTorch's") {
  const json file = read_golden("optim.json");
  for (const json& golden : file["clipping"]) {
    INFO(golden["kind"] << " " << golden["limit"]);
    const std::vector<ParameterGroup> groups{golden_group(file["shapes"])};
    const auto& parameters = groups[0].parameters;
    set_golden_gradients(groups[0], 0);
    if (golden["kind"] == "norm") {
      const double norm = clip_grad_norm(groups, golden["limit"]);
      CHECK(norm == Approx(golden["norm"].get<double>()).epsilon(1e-12));
    } else {
      clip_grad_value(groups, golden["limit"]);
    }
    for (std::size_t i = 0; i < parameters.size(); ++i) {
      const Tensor& found = parameters[i].value.grad();
      const Tensor expected = golden_values(golden["gradients"][i], found.shape());
      CHECK(max_difference(found, expected) < 1e-12);
    }
  }
}

TEST_CASE("learning rate schedules agree with PyTorch's") {
  const json file = read_golden("optim.json");
  for (const json& golden : file["schedules"]) {
    const Schedule schedule = make_schedule(golden);
    for (std::size_t step = 0; step < golden["rates"].size(); ++step) {
      INFO(golden["schedule"] << " step " << step);
      const double rate = schedule.at(static_cast<std::int64_t>(step));
      CHECK(rate == Approx(golden["rates"][step].get<double>()).epsilon(1e-11).margin(1e-16));
    }
  }
}
