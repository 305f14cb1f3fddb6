#pragma once
// The experiments of papers that `keel reproduce` repeats at a small scale.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "apps/compare/comparison_plan.h"
#include "apps/reproduce/threshold.h"

namespace keel {

enum class Budget { kQuick, kFull };
/// "quick" or "full"
std::string_view budget_name(Budget budget);

/// What an experiment is planned for.
struct Scale {
  Budget budget;
  std::int64_t images;  ///< that the training set has

  bool quick() const { return budget == Budget::kQuick; }
};

struct Experiment {
  std::string name;   ///< "ioffe2015-mnist"
  std::string paper;  ///< authors, title, venue
  std::string claim;
  std::string figures;   ///< what the paper reports
  std::string protocol;  ///< of the full budget
  std::string quick;     ///< what the quick one does otherwise
  std::string data;      ///< a known set that is published: "cifar10"
  std::vector<Threshold> thresholds;
  /// The runs, but for the data, the seeds and what is the machine's. All have ended when the
  /// thresholds look at them.
  std::function<CompareCommand(const Scale&)> plan;
};

/// All of them.
const std::vector<Experiment>& experiments();
/// The one of that name. Throws Error with the nearest name.
const Experiment& experiment(const std::string& name);

/// Lets a run learn from the first `images` of the set `epochs` times, or from a smaller set as
/// many images in all.
void train_on(TrainConfig& config, const Scale& scale, std::int64_t images, std::int64_t epochs);

/// 3x3 convolutions 16-16-M-32-32-M-64-64-M-64-64, global average pooling and a dense layer, with
/// SGD of momentum 0.9 and a constant learning rate on batches of 128: what most of the experiments
/// start from.
TrainConfig small_vgg();

// Each in a file of its own, which says why its thresholds are what they are where they are not
// the paper's.
Experiment ioffe2015_mnist();
Experiment bjorck2018_learning_rate();
Experiment santurkar2018_landscape();
Experiment wu2018_batch_size();
Experiment li2019_dropout();
Experiment init_scale();
Experiment qiao2019_weight_standardization();
Experiment hoffer2017_ghost();
Experiment zhang2019_fixup();
Experiment santurkar2018_linear();

}  // namespace keel
