#pragma once
// `keel predict`: what a trained model takes images for.

#include <cstdint>
#include <string>
#include <vector>

#include <keel/data/image.h>

#include "apps/train/model_spec.h"

namespace keel {

struct PredictCommand {
  std::string checkpoint;
  std::vector<std::string> images;  ///< files of any size and colour
  std::int64_t top = 3;             ///< how many classes to tell, the likeliest first
  bool invert = false;              ///< swap dark and light before the model sees the image
  bool json = false;
};

struct Guess {
  std::int64_t label;  ///< index of the class
  double probability;
};

/// Every class and its softmax probability, the likeliest first. The image has the channels of the
/// model; it is resized to the model's input. Throws Diverged when the output is not finite.
std::vector<Guess> predict(Module& model, const ModelSpec& spec, const Image& image);

/// Tells each image's classes in the order of the command. An image that cannot be read is named on
/// standard error; the others are done, and the exit code is then kExitData.
int run_predict(const PredictCommand& command);

}  // namespace keel
