#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/ops/loss.h>
#include <keel/layers/state.h>
#include <keel/optim/sgd.h>

#include "apps/train/models.h"
#include "tests/support/golden.h"
#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;
using nlohmann::json;

namespace {

// The run's model, its parameters filled with golden tensors.
ModulePtr golden_model(const json& file, const json& run, DType dtype) {
  const json& image = run["image"];
  ModelOptions options{.input = {image[0], image[1], image[2]},
                       .classes = file["classes"],
                       .norm = run["norm"].get<std::string>(),
                       .shortcut = run.value("shortcut", "A")};
  ModulePtr model = make_model(run["model"], options, 1);
  convert(*model, dtype);
  std::vector<StateEntry> parameters = parameters_of(*model);
  REQUIRE(parameters.size() == run["parameters"].size());
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const json& golden = run["parameters"][i];
    REQUIRE(parameters[i].path == golden["name"].get<std::string>());
    parameters[i].tensor.copy_from(golden_tensor(
        run["name"].get<std::string>() + "." + parameters[i].path, golden_shape(golden["shape"]),
        golden["range"][0], golden["range"][1], DType::kFloat32));
  }
  return model;
}

Tensor golden_images(const json& file, const json& run, const std::string& which, DType dtype) {
  const json& image = run["image"];
  const Shape shape{file["batch"], image[0], image[1], image[2]};
  return golden_tensor("images." + which, shape, 0, 1, DType::kFloat32).to(dtype);
}

double euclidean_norm(const Tensor& x) {
  const Tensor values = x.to(DType::kFloat64);
  double sum = 0;
  for (const double value : values.values<double>()) sum += value * value;
  return std::sqrt(sum);
}

struct Tolerances {
  double losses, running, logits;  // relative
};

// Trains as tests/golden/make_training.py does and compares with its float64 results. Rounding in
// float32 may tip a ReLU or a maximum over, which shows most in the logits at the end.
void check_run(const json& file, const json& run, DType dtype) {
  INFO(run["name"] << " in " << name_of(dtype));
  const Tolerances tolerances =
      dtype == DType::kFloat64 ? Tolerances{1e-9, 1e-8, 1e-8} : Tolerances{1e-4, 1e-4, 2e-3};
  const ModulePtr model = golden_model(file, run, dtype);
  ParameterGroup group{.parameters = {}, .weight_decay = file["weight_decay"]};
  for (const StateEntry& entry : parameters_of(*model)) {
    group.parameters.push_back({entry.path, entry.tensor});
  }
  Sgd sgd({group}, {.momentum = file["momentum"]});
  for (std::size_t step = 0; step < run["losses"].size(); ++step) {
    INFO("step " << step);
    const std::string which = std::to_string(step % 2);
    const Tensor images = golden_images(file, run, which, dtype);
    const auto labels = golden_labels("labels." + which, file["batch"], file["classes"]);
    const Tensor loss = cross_entropy(model->forward(images, {.training = true}), labels);
    sgd.zero_grad();
    backward(loss);
    sgd.step(run["lr"]);
    CHECK(loss.item() == Approx(run["losses"][step].get<double>()).epsilon(tolerances.losses));
  }
  for (const StateEntry& entry : state_of(*model)) {
    if (entry.kind != StateKind::kBuffer) continue;
    INFO(entry.path);
    CHECK(euclidean_norm(entry.tensor) ==
          Approx(run["running_norms"][entry.path].get<double>()).epsilon(tolerances.running));
  }
  const NoGradGuard no_grad;
  const Tensor logits = model->forward(golden_images(file, run, "evaluation", dtype), {});
  CHECK(relative_error(logits, golden_values(run["evaluation_logits"], logits.shape())) <
        tolerances.logits);
}

void check_runs(const std::string& model, DType dtype) {
  const json file = read_golden("training.json");
  int runs = 0;
  for (const json& run : file["runs"]) {
    if (run["model"] != model) continue;
    check_run(file, run, dtype);
    ++runs;
  }
  CHECK(runs >= 5);  // one for each normalisation
}

}  // namespace

TEST_CASE("lenet5 trains as in PyTorch, with every normalisation") {
  check_runs("lenet5", GENERATE(DType::kFloat64, DType::kFloat32));
}

TEST_CASE("resnet20 trains as in PyTorch, with every normalisation") {
  check_runs("resnet20", GENERATE(DType::kFloat64, DType::kFloat32));
}

TEST_CASE("vgg-small trains as in PyTorch, with every normalisation") {
  check_runs("vgg-small", DType::kFloat32);  // its layers are those of the others: float64 is slow
}
