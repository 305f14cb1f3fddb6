#include "apps/train/load_data.h"

#include <keel/core/error.h>
#include <keel/data/binarize.h>
#include <keel/data/registry.h>

#include "apps/text/number_text.h"

namespace keel {
namespace {

ColourMode colour_mode(const std::string& name) {
  if (name == "grey") return ColourMode::kGrey;
  if (name == "rgb") return ColourMode::kColour;
  check(name == "auto", "--colour {}: expected auto, grey or rgb", name);
  return ColourMode::kAsFound;
}

}  // namespace

DatasetSplits load_data(const TrainConfig& config, std::vector<std::string>* skipped) {
  DataOptions options{.name = config.data,
                      .data_dir = config.data_dir,
                      .image_folder = {.colour = colour_mode(config.colour),
                                       .test_fraction = config.test_fraction,
                                       .seed = config.seed,
                                       .skip_bad_images = config.skip_bad_images}};
  if (config.image_size > 0) {
    options.image_folder.image_size = ImageSize{config.image_size, config.image_size};
  }
  DatasetSplits data = load_dataset(options, skipped);
  if (config.limit_train > 0) data.train = first(data.train, config.limit_train);
  if (config.limit_test > 0) data.test = first(data.test, config.limit_test);
  check_data(data.train.size() > 0 && data.test.size() > 0,
             "{}: {} training and {} test images, both need some", config.data, data.train.size(),
             data.test.size());
  if (config.binarize > 0) {
    for (Dataset* set : {&data.train, &data.test}) binarize(set->images, config.binarize);
  }
  return data;
}

std::string describe_images(const DatasetSplits& data) {
  const Dataset& train = data.train;
  return fmt::format("{} training and {} test images of {}x{}x{}, {} classes",
                     count_text(static_cast<double>(train.size())),
                     count_text(static_cast<double>(data.test.size())), train.height, train.width,
                     train.channels, train.classes.size());
}

std::string describe(const DatasetSplits& data) {
  return fmt::format("{}: {}", data.train.name, describe_images(data));
}

}  // namespace keel
