#include "apps/predict.h"

#include <algorithm>
#include <cmath>
#include <iostream>
#include <nlohmann/json.hpp>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/ops/loss.h>
#include <keel/data/binarize.h>
#include <keel/data/image_file.h>
#include <keel/data/resize.h>

#include "apps/evaluation/divergence.h"
#include "apps/exit_code.h"
#include "apps/text/number_text.h"
#include "apps/text/terminal.h"
#include "apps/train/checkpoint.h"

namespace keel {
namespace {

std::string text_of(const std::string& file, const std::vector<Guess>& guesses,
                    const std::vector<std::string>& classes) {
  std::string text = file;
  for (const Guess& guess : guesses) {
    text += fmt::format("  {} {}", classes[static_cast<std::size_t>(guess.label)],
                        percent_text(guess.probability));
  }
  return text + '\n';
}

nlohmann::ordered_json json_of(const std::string& file, const std::vector<Guess>& guesses,
                               const std::vector<std::string>& classes) {
  auto top = nlohmann::ordered_json::array();
  for (const Guess& guess : guesses) {
    top.push_back({{"class", classes[static_cast<std::size_t>(guess.label)]},
                   {"probability", guess.probability}});
  }
  return {{"file", file},
          {"class", top[0]["class"]},
          {"probability", top[0]["probability"]},
          {"top", std::move(top)}};
}

}  // namespace

std::vector<Guess> predict(Module& model, const ModelSpec& spec, const Image& image) {
  const NoGradGuard no_grad;
  const auto [height, width, channels] = spec.options.input;
  Image input = resize(image, {height, width});
  if (spec.binarize > 0) binarize(input.pixels, spec.binarize);
  Tensor x = Tensor::empty({1, height, width, channels});
  standardize(input.pixels, spec.standardization,
              {x.mutable_data<float>(), static_cast<std::size_t>(x.numel())});
  const Tensor probabilities = softmax(model.forward(x, {}));
  std::vector<Guess> guesses;
  for (const float probability : probabilities.values<float>()) {
    if (!std::isfinite(probability)) report_divergence("predicting", model, x, {});
    guesses.push_back({static_cast<std::int64_t>(guesses.size()), probability});
  }
  std::stable_sort(guesses.begin(), guesses.end(),
                   [](const Guess& a, const Guess& b) { return a.probability > b.probability; });
  return guesses;
}

int run_predict(const PredictCommand& command) {
  const Checkpoint checkpoint(command.checkpoint);
  const ModelSpec& spec = checkpoint.spec();
  const ModulePtr model = checkpoint.model();
  const auto top = std::min(static_cast<std::size_t>(command.top), spec.classes.size());
  auto json = nlohmann::ordered_json::array();
  int code = kExitDone;
  for (const std::string& file : command.images) {
    try {
      Image image = decode_image(file, static_cast<int>(spec.options.input.channels));
      if (command.invert) {
        for (std::uint8_t& value : image.pixels) value = static_cast<std::uint8_t>(255 - value);
      }
      std::vector<Guess> guesses = predict(*model, spec, image);
      guesses.resize(top);
      if (command.json) {
        json.push_back(json_of(file, guesses, spec.classes));
      } else {
        std::cout << text_of(file, guesses, spec.classes);
      }
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      complain("error", error.what());
      if (command.json) json.push_back({{"file", file}, {"error", error.what()}});
      code = kExitData;
    }
  }
  if (command.json) std::cout << json.dump(2) << '\n';
  return code;
}

}  // namespace keel
