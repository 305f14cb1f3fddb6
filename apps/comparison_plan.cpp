#include "apps/comparison_plan.h"

#include <fmt/format.h>

#include <keel/layers/norm_spec.h>

#include "apps/number_text.h"

namespace keel {
namespace {

template <class T>
std::vector<T> axis(const std::vector<T>& values, const T& standard) {
  return values.empty() ? std::vector<T>{standard} : values;
}

std::string run_id(const TrainConfig& config) {
  return fmt::format("{}-lr{}-batch{}-seed{}", file_name_of(config.norm), rate_text(config.lr),
                     config.batch_size, config.seed);
}

}  // namespace

std::vector<PlannedRun> plan_runs(const CompareCommand& command) {
  std::vector<PlannedRun> runs;
  TrainConfig config = command.base;
  config.target_accuracy = 0;
  for (std::int64_t i = 0; i < command.seeds; ++i) {
    config.seed = command.base.seed + static_cast<std::uint64_t>(i);
    for (const std::string& norm : axis(command.norms, command.base.norm)) {
      for (const double lr : axis(command.lrs, command.base.lr)) {
        for (const std::int64_t batch_size : axis(command.batch_sizes, command.base.batch_size)) {
          config.norm = norm;
          config.lr = lr;
          config.batch_size = batch_size;
          runs.push_back({run_id(config), config});
        }
      }
    }
  }
  return runs;
}

TrainConfig first_look() {
  TrainConfig config;
  config.limit_train = 2000;
  config.limit_test = 1000;
  config.epochs = 4;
  config.batch_size = 16;
  config.target_accuracy = 0.8;
  config.log_every = 5;
  return config;
}

}  // namespace keel
