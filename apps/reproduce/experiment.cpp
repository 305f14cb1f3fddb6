#include "apps/reproduce/experiment.h"

#include <algorithm>
#include <cmath>

#include <keel/core/error.h>
#include <keel/core/nearest.h>

#include "apps/train/models.h"

namespace keel {

std::string_view budget_name(Budget budget) {
  return budget == Budget::kQuick ? "quick" : "full";
}

const std::vector<Experiment>& experiments() {
  static const std::vector<Experiment> table = {
      ioffe2015_mnist(),
      bjorck2018_learning_rate(),
      santurkar2018_landscape(),
      wu2018_batch_size(),
      li2019_dropout(),
      init_scale(),
      qiao2019_weight_standardization(),
      hoffer2017_ghost(),
      zhang2019_fixup(),
      santurkar2018_linear(),
  };
  return table;
}

const Experiment& experiment(const std::string& name) {
  std::vector<std::string> names;
  for (const Experiment& candidate : experiments()) {
    if (candidate.name == name) return candidate;
    names.push_back(candidate.name);
  }
  throw Error(unknown_name("reproduction", name, names));
}

void train_on(TrainConfig& config, const Scale& scale, std::int64_t images, std::int64_t epochs) {
  const std::int64_t available = std::min(images, scale.images);
  config.limit_train = images < scale.images ? images : 0;
  const double share = static_cast<double>(images) / static_cast<double>(available);
  config.epochs = std::llround(static_cast<double>(epochs) * share);
}

TrainConfig small_vgg() {
  TrainConfig config;
  config.model = "vgg";
  config.layers = kVggLayers;
  config.batch_size = 128;
  config.momentum = 0.9;
  config.schedule = "constant";
  return config;
}

}  // namespace keel
