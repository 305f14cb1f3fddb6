#pragma once
// `keel eval`: how well a trained model does, class by class.

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "apps/evaluation/evaluate.h"
#include "apps/train/train_config.h"

namespace keel {

struct EvalCommand {
  std::string checkpoint;
  std::string
      data{};  ///< a known set or a folder of images; empty: the set the model was trained on
  TrainConfig config;             ///< where data lies, how it is limited, threads
  std::int64_t batch_size = 256;  ///< images per forward pass
  bool recalibrate = false;  ///< average running statistics anew over the training images first
  std::string save{};        ///< a checkpoint to write with the averaged statistics; empty: none
  bool json = false;
  std::string out{};  ///< a PNG file for the confusion matrix; empty: none
};

/// The confusion matrix as an aligned table: true classes down, predicted ones across, "." for 0.
/// Of more than 30 classes, each one's accuracy and what it was most often taken for.
std::string evaluation_text(const Evaluation& evaluation, const std::vector<std::string>& classes);
nlohmann::ordered_json evaluation_json(const Evaluation& evaluation,
                                       const std::vector<std::string>& classes);

/// Evaluates on the test images and returns the exit code. Throws Error(kData) when their size,
/// channels or classes are not the model's.
int run_eval(const EvalCommand& command);

}  // namespace keel
