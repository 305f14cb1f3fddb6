#include "apps/train/run_data.h"

#include <utility>

#include <keel/data/known_sets.h>

#include "apps/train/config_text.h"
#include "apps/train/load_data.h"

namespace keel {
namespace {

// Runs with the same key have the same images.
std::string key_of(const TrainConfig& config) {
  std::string text;
  for (const char* setting : {"data", "data-dir", "image-size", "colour", "test-fraction",
                              "skip-bad-images", "limit-train", "limit-test", "binarize"}) {
    text += setting_text(config, setting) + '\n';
  }
  return find_known_set(config.data) == nullptr ? text + setting_text(config, "seed") : text;
}

}  // namespace

const DatasetSplits& RunData::of(const TrainConfig& config) {
  std::string wanted = key_of(config);
  if (!data_ || wanted != key_) {
    data_.reset();  // two sets may be more than the memory holds
    skipped_.clear();
    data_ = load_data(config, &skipped_);
    key_ = std::move(wanted);
  }
  return *data_;
}

}  // namespace keel
