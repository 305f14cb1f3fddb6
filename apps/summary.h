#pragma once
// `keel summary`: a model layer by layer, with what each one costs.

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "apps/train/models.h"
#include "apps/train/train_config.h"

namespace keel {

/// A layer without layers of its own; figures are for one image.
struct LayerSummary {
  std::string path;   ///< "features.3"
  std::string layer;  ///< "Conv2d(3, 64, ...)"
  Shape output;       ///< without the batch
  std::int64_t parameters = 0;
  std::int64_t multiply_adds = 0;  ///< of dense layers and convolutions; the rest is small
};

struct ModelSummary {
  std::vector<LayerSummary> layers;  ///< in the order they are run
  std::int64_t parameters = 0;       ///< of the whole model
  std::int64_t multiply_adds = 0;
};

/// Sends one image through the model, in evaluation mode.
ModelSummary summarize_model(Module& model, const ImageShape& input);

std::string summary_text(const ModelSummary& summary);
nlohmann::ordered_json summary_json(const ModelSummary& summary);

/// "32x32x3": height, width, channels, each from 1 to 4096. Throws Error that begins with `where`.
ImageShape read_image_shape(std::string_view where, std::string_view text);

struct SummaryCommand {
  TrainConfig config;  ///< its model and what belongs to it
  ImageShape input{28, 28, 1};
  std::int64_t classes = 10;
  bool json = false;
};

/// Returns the exit code.
int run_summary(const SummaryCommand& command);

}  // namespace keel
