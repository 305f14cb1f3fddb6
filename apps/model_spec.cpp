#include "apps/model_spec.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include <keel/core/error.h>

#include "apps/norm_setting.h"

namespace keel {

ModelOptions model_options(const TrainConfig& config, const ImageShape& input,
                           std::int64_t classes) {
  return {.input = input,
          .classes = classes,
          .norm = norm_spec(config),
          .activation = config.activation,
          .dropout = config.dropout,
          .shortcut = config.shortcut,
          .zero_init_residual = config.zero_init_residual,
          .init_scale = config.init_scale};
}

ModelSpec model_spec(const TrainConfig& config, const Dataset& train) {
  return {.model = config.model,
          .options = model_options(config, {train.height, train.width, train.channels},
                                   static_cast<std::int64_t>(train.classes.size())),
          .dataset = train.name,
          .classes = train.classes,
          .standardization = standardization_of(train),
          .seed = config.seed,
          .test_fraction = config.test_fraction};
}

ModulePtr build_model(const ModelSpec& spec, std::uint64_t seed) {
  return make_model(spec.model, spec.options, seed);
}

std::string to_json_text(const ModelSpec& spec) {
  const ModelOptions& o = spec.options;
  const nlohmann::ordered_json json = {
      {"model", spec.model},
      {"input", {o.input.height, o.input.width, o.input.channels}},
      {"norm", to_text(o.norm)},
      {"activation", o.activation},
      {"dropout", o.dropout},
      {"shortcut", o.shortcut},
      {"dataset", spec.dataset},
      {"classes", spec.classes},
      {"mean", spec.standardization.mean},
      {"std", spec.standardization.std},
      {"seed", spec.seed},
      {"test_fraction", spec.test_fraction},
  };
  constexpr bool kAscii = false;
  return json.dump(-1, ' ', kAscii, nlohmann::json::error_handler_t::replace);  // names of folders
}

ModelSpec model_spec_from_json(std::string_view text) {
  try {
    const auto json = nlohmann::json::parse(text);
    const auto& input = json.at("input");
    ModelSpec spec;
    spec.model = json.at("model").get<std::string>();
    spec.dataset = json.at("dataset").get<std::string>();
    spec.classes = json.at("classes").get<std::vector<std::string>>();
    spec.standardization.mean = json.at("mean").get<std::vector<float>>();
    spec.standardization.std = json.at("std").get<std::vector<float>>();
    spec.seed = json.at("seed").get<std::uint64_t>();
    spec.test_fraction = json.at("test_fraction").get<double>();
    ModelOptions& options = spec.options;
    options.input = {input.at(0).get<std::int64_t>(), input.at(1).get<std::int64_t>(),
                     input.at(2).get<std::int64_t>()};
    options.norm = json.at("norm").get<std::string>();
    options.activation = json.at("activation").get<std::string>();
    options.dropout = json.at("dropout").get<double>();
    options.shortcut = json.at("shortcut").get<std::string>();
    spec.options.classes = static_cast<std::int64_t>(spec.classes.size());
    const auto [height, width, channels] = spec.options.input;
    constexpr std::int64_t kMaxSide = 4096, kMaxClasses = 100000;
    check_data(height >= 1 && height <= kMaxSide && width >= 1 && width <= kMaxSide &&
                   (channels == 1 || channels == 3),
               "input {}x{}x{} is not an image", height, width, channels);
    check_data(spec.classes.size() >= 2 && spec.classes.size() <= kMaxClasses, "{} classes",
               spec.classes.size());
    const auto usable = [&, n = static_cast<std::size_t>(channels)](
                            const std::vector<float>& values, float least) {
      return values.size() == n && std::all_of(values.begin(), values.end(), [least](float v) {
               return std::isfinite(v) && v > least;
             });
    };
    check_data(usable(spec.standardization.mean, -1.0f) && usable(spec.standardization.std, 0.0f),
               "mean and std do not fit {} channels", channels);
    check_data(spec.test_fraction > 0 && spec.test_fraction < 1,
               "test_fraction {} is not between 0 and 1", spec.test_fraction);
    return spec;
  } catch (const nlohmann::json::exception& error) {
    throw Error(error.what(), ErrorKind::kData);
  }
}

}  // namespace keel
