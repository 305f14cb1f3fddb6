#include "apps/train/model_spec.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include <keel/core/error.h>

#include "apps/text/json_fields.h"
#include "apps/train/norm_setting.h"

namespace keel {

namespace {

using Json = nlohmann::ordered_json;

}  // namespace

ModelOptions model_options(const TrainConfig& config, const ImageShape& input,
                           std::int64_t classes) {
  return {.input = input,
          .classes = classes,
          .norm = norm_spec(config),
          .activation = config.activation,
          .depth = config.depth,
          .layers = config.layers,
          .dropout = config.dropout,
          .dropout_place = config.dropout_place,
          .shortcut = config.shortcut,
          .zero_init_residual = config.zero_init_residual,
          .init_scale = config.init_scale,
          .init_std = config.init_std};
}

ModelSpec model_spec(const TrainConfig& config, const Dataset& train) {
  return {.model = config.model,
          .options = model_options(config, {train.height, train.width, train.channels},
                                   static_cast<std::int64_t>(train.classes.size())),
          .dataset = train.name,
          .classes = train.classes,
          .standardization = config.standardize ? standardization_of(train)
                                                : standardization_of_none(train.channels),
          .seed = config.seed,
          .test_fraction = config.test_fraction,
          .binarize = config.binarize};
}

ModulePtr build_model(const ModelSpec& spec, std::uint64_t seed) {
  return make_model(spec.model, spec.options, seed);
}

std::string to_json_text(const ModelSpec& spec) {
  const ModelOptions& o = spec.options;
  const Json json = {
      {"model", spec.model},
      {"input", {o.input.height, o.input.width, o.input.channels}},
      {"norm", to_text(o.norm)},
      {"activation", o.activation},
      {"depth", o.depth},
      {"layers", o.layers},
      {"dropout", o.dropout},
      {"dropout_place", o.dropout_place},
      {"shortcut", o.shortcut},
      {"dataset", spec.dataset},
      {"classes", spec.classes},
      {"mean", spec.standardization.mean},
      {"std", spec.standardization.std},
      {"seed", spec.seed},
      {"test_fraction", spec.test_fraction},
      {"binarize", spec.binarize},
  };
  constexpr bool kAscii = false;
  return json.dump(-1, ' ', kAscii, Json::error_handler_t::replace);  // names of folders
}

ModelSpec model_spec_from_json(std::string_view text) {
  const Json json = json_object(text);
  ModelSpec spec;
  spec.model = json_field<std::string>(json, "model");
  spec.dataset = json_field<std::string>(json, "dataset");
  spec.classes = json_list<std::string>(json, "classes");
  spec.standardization.mean = json_list<float>(json, "mean");
  spec.standardization.std = json_list<float>(json, "std");
  spec.seed = json_field<std::uint64_t>(json, "seed");
  spec.test_fraction = json_field<double>(json, "test_fraction");
  spec.binarize = json_field<double>(json, "binarize", 0);
  const auto input = json_list<std::int64_t>(json, "input");
  check_data(input.size() == 3, "input: expected height, width and channels, found {} values",
             input.size());
  const std::int64_t height = input[0], width = input[1], channels = input[2];
  ModelOptions& options = spec.options;
  options.input = {height, width, channels};
  options.norm = json_field<std::string>(json, "norm");
  options.activation = json_field<std::string>(json, "activation");
  options.depth = json_field<std::int64_t>(json, "depth");
  options.layers = json_field<std::string>(json, "layers");
  options.dropout = json_field<double>(json, "dropout");
  options.dropout_place = json_field<std::string>(json, "dropout_place", "last");
  options.shortcut = json_field<std::string>(json, "shortcut");
  options.classes = static_cast<std::int64_t>(spec.classes.size());

  constexpr std::int64_t kMaxSide = 4096, kMaxClasses = 100000;
  check_data(options.depth >= 0 && options.depth <= kMaxDepth, "depth: expected 0 to {}, found {}",
             kMaxDepth, options.depth);
  check_data(height >= 1 && height <= kMaxSide && width >= 1 && width <= kMaxSide &&
                 (channels == 1 || channels == 3),
             "input {}x{}x{} is not an image", height, width, channels);
  check_data(options.classes >= 2 && options.classes <= kMaxClasses,
             "classes: expected 2 to {} names, found {}", kMaxClasses, options.classes);
  const auto check_values = [&json, channels](const char* name, const std::vector<float>& values,
                                              float least) {
    const bool usable = std::all_of(values.begin(), values.end(),
                                    [least](float v) { return std::isfinite(v) && v > least; });
    check_data(static_cast<std::int64_t>(values.size()) == channels && usable,
               "{}: expected a number above {} for each of {} channels, found {}", name, least,
               channels, short_text(json_field(json, name)));
  };
  check_values("mean", spec.standardization.mean, -1);
  check_values("std", spec.standardization.std, 0);
  check_data(spec.test_fraction > 0 && spec.test_fraction < 1,
             "test_fraction {} is not between 0 and 1", spec.test_fraction);
  check_data(spec.binarize >= 0 && spec.binarize <= 1, "binarize {} is not between 0 and 1",
             spec.binarize);
  return spec;
}

std::string differences(const ModelSpec& there, const ModelSpec& here) {
  const Json old_fields = Json::parse(to_json_text(there)),
             new_fields = Json::parse(to_json_text(here));
  std::string text;
  for (const auto& [name, value] : old_fields.items()) {
    if (value == new_fields.at(name)) continue;
    text += fmt::format("{}{} is {} there and {} here", text.empty() ? "" : ", ", name,
                        short_text(value), short_text(new_fields.at(name)));
  }
  return text;
}

}  // namespace keel
