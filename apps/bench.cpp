#include "apps/bench.h"

#include <algorithm>
#include <chrono>
#include <iostream>
#include <memory>

#include <keel/core/autograd.h>
#include <keel/core/ops/loss.h>
#include <keel/core/parallel.h>
#include <keel/core/profile.h>
#include <keel/layers/state.h>
#include <keel/optim/sgd.h>

#include "apps/exit_code.h"
#include "apps/text/number_text.h"
#include "apps/train/environment.h"
#include "apps/train/model_spec.h"

namespace keel {
namespace {

// The images that the model is made for, in the size that was asked for.
ImageShape input_of(const BenchCommand& command) {
  ImageShape images = model_info(command.config.model).images;
  if (command.image_size > 0) images.height = images.width = command.image_size;
  return images;
}

}  // namespace

class Bench::Steps {
 public:
  Steps(const BenchCommand& command, const ImageShape& input)
      : forward_only_(command.forward_only) {
    constexpr std::int64_t kClasses = 10;
    const TrainConfig& config = command.config;
    const std::int64_t batch = config.batch_size;
    model_ = make_model(config.model, model_options(config, input, kClasses), config.seed);
    Rng rng(command.config.seed);
    images_ = Tensor::normal({batch, input.height, input.width, input.channels}, 0, 1, rng);
    for (std::int64_t i = 0; i < batch; ++i) {
      labels_.push_back(static_cast<std::int32_t>(i % kClasses));
    }
    ParameterGroup group{.parameters = {}, .weight_decay = 5e-4};
    for (const StateEntry& entry : parameters_of(*model_)) {
      group.parameters.push_back({entry.path, entry.tensor});
    }
    optimizer_ = std::make_unique<Sgd>(std::vector{std::move(group)}, SgdOptions{.momentum = 0.9});
  }

  void step(Profile* profile) {
    if (forward_only_) {
      const NoGradGuard no_grad;
      model_->forward(images_, {.training = false});
      return;
    }
    optimizer_->zero_grad();
    backward(cross_entropy(model_->forward(images_, {.training = true}), labels_));
    constexpr double kRate = 1e-3;  // small enough for any model: random labels are learnt by none
    optimizer_->step(kRate);
    if (profile != nullptr) profile->mark("optimizer");
  }

  // Profiled apart from the timed steps, which it would slow down.
  std::vector<std::pair<std::string, double>> shares() {
    constexpr int kProfiledSteps = 3;
    Profile profile;
    for (int i = 0; i < kProfiledSteps; ++i) step(&profile);
    std::vector<std::pair<std::string, double>> result(profile.seconds().begin(),
                                                       profile.seconds().end());
    double total = 0;
    for (const auto& [op, seconds] : result) total += seconds;
    for (auto& [op, seconds] : result) seconds /= total;
    std::sort(result.begin(), result.end(),
              [](const auto& a, const auto& b) { return a.second > b.second; });
    return result;
  }

 private:
  bool forward_only_;
  ModulePtr model_;
  Tensor images_;
  std::vector<std::int32_t> labels_;
  std::unique_ptr<Sgd> optimizer_;
};

Bench::Bench(const BenchCommand& command) : command_(command) {
  set_up_kernels(command.config);
  steps_ = std::make_unique<Steps>(command, input_of(command));
}

Bench::~Bench() = default;

BenchResult Bench::measure() {
  constexpr int kWarmUp = 2;
  for (int i = 0; i < kWarmUp; ++i) steps_->step(nullptr);

  using Clock = std::chrono::steady_clock;
  const std::uint64_t allocations = memory_stats().system_allocations;
  std::vector<double> seconds;
  for (std::int64_t i = 0; i < command_.steps; ++i) {
    const auto start = Clock::now();
    steps_->step(nullptr);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - start).count());
  }
  const TrainConfig& config = command_.config;
  BenchResult result{.model = config.model,
                     .norm = config.norm,
                     .batch_size = config.batch_size,
                     .threads = num_threads()};
  result.system_allocations =
      static_cast<std::int64_t>(memory_stats().system_allocations - allocations);
  std::sort(seconds.begin(), seconds.end());
  result.step_seconds_min = seconds.front();
  result.step_seconds_median = seconds[seconds.size() / 2];
  if (share_.empty()) share_ = steps_->shares();
  result.share = share_;
  result.peak_memory_bytes = process_peak_memory_bytes();
  return result;
}

nlohmann::ordered_json bench_json(const BenchResult& r) {
  nlohmann::ordered_json share = nlohmann::ordered_json::object();
  for (const auto& [op, fraction] : r.share) share[op] = fraction;
  return {{"model", r.model},
          {"norm", r.norm},
          {"batch_size", r.batch_size},
          {"threads", r.threads},
          {"images_per_second", r.images_per_second()},
          {"step_ms_median", 1e3 * r.step_seconds_median},
          {"step_ms_min", 1e3 * r.step_seconds_min},
          {"peak_memory_bytes", r.peak_memory_bytes},
          {"system_allocations", r.system_allocations},
          {"share", std::move(share)}};
}

std::string bench_text(const BenchResult& r) {
  std::string text = fmt::format(
      "{}, normalisation {}, batch {}, {} thread(s): {} images/s\n"
      "step: median {:.2f} ms, best {:.2f} ms; peak memory {}; {} system allocations\n",
      r.model, r.norm, r.batch_size, r.threads, count_text(r.images_per_second()),
      1e3 * r.step_seconds_median, 1e3 * r.step_seconds_min, bytes_text(r.peak_memory_bytes),
      r.system_allocations);
  for (const auto& [op, fraction] : r.share) {
    text += fmt::format("  {:>5.1f} %  {}\n", 100 * fraction, op);
  }
  return text;
}

int run_bench(const BenchCommand& command) {
  Bench bench(command);
  const auto array_of_one = [&] {
    return nlohmann::ordered_json::array({bench_json(bench.measure())});
  };
  if (command.on_request) {
    for (std::string line; std::getline(std::cin, line);) {
      std::cout << array_of_one().dump() << std::endl;
    }
  } else if (command.json) {
    std::cout << array_of_one().dump(2) << '\n';
  } else {
    std::cout << bench_text(bench.measure());
  }
  return kExitDone;
}

}  // namespace keel
