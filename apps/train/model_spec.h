#pragma once
// What a checkpoint says about its model: all that it takes to build it again and to feed it.

#include <cstdint>
#include <string>
#include <vector>

#include <keel/data/standardize.h>

#include "apps/train/models.h"
#include "apps/train/train_config.h"

namespace keel {

struct ModelSpec {
  std::string model;
  ModelOptions options;
  std::string dataset;
  std::vector<std::string> classes;
  Standardization standardization;
  std::uint64_t seed = 1;      ///< of the run: a folder of images is split by it
  double test_fraction = 0.2;  ///< of such a folder
  double binarize = 0;         ///< what images are made black and white at; 0: they are not
};

/// What a configuration says about its model, for such images.
ModelOptions model_options(const TrainConfig& config, const ImageShape& input,
                           std::int64_t classes);

/// The model that a training run on such images needs.
ModelSpec model_spec(const TrainConfig& config, const Dataset& train);

/// The model as the spec describes it, its weights drawn from the seed.
ModulePtr build_model(const ModelSpec& spec, std::uint64_t seed);

std::string to_json_text(const ModelSpec& spec);
/// Throws Error(kData) naming the field that is missing or wrong.
ModelSpec model_spec_from_json(std::string_view text);

/// "norm is "group" there and "batch" here, ..."; empty where both say the same.
std::string differences(const ModelSpec& there, const ModelSpec& here);

}  // namespace keel
