#include "apps/summary.h"

#include <string>

#include <keel/core/error.h>

#include "apps/train/models.h"
#include "tests/support/test.h"

namespace {

keel::ModelSummary summary_of(const std::string& model, keel::ImageShape input,
                              const std::string& norm, std::int64_t classes = 10) {
  const auto module =
      keel::make_model(model, {.input = input, .classes = classes, .norm = norm}, 1);
  return keel::summarize_model(*module, input);
}

const keel::LayerSummary& layer_at(const keel::ModelSummary& summary, const std::string& path) {
  for (const keel::LayerSummary& layer : summary.layers) {
    if (layer.path == path) return layer;
  }
  throw keel::Error("no layer at " + path);
}

}  // namespace

TEST_CASE("summary: lenet5 costs what LeCun's paper and a pencil say") {
  const auto summary = summary_of("lenet5", {28, 28, 1}, "none");
  CHECK(summary.parameters == 61706);
  // 28x28 outputs of 6 5x5x1 filters, 10x10 of 16 5x5x6 ones, 400x120 + 120x84 + 84x10
  CHECK(summary.multiply_adds == 117600 + 240000 + 48000 + 10080 + 840);
  const auto& first = summary.layers.front();
  CHECK(first.path == "features.0");
  CHECK_THAT(first.layer, ContainsSubstring("Conv2d(1, 6"));
  CHECK(first.output == keel::Shape{28, 28, 6});
  CHECK(first.parameters == 6 * 25 + 6);
  CHECK(first.multiply_adds == 117600);
  CHECK(summary.layers.back().output == keel::Shape{10});
  CHECK(summary.layers.back().parameters == 850);
}

TEST_CASE("summary: each layer is listed once, containers are not") {
  const auto summary = summary_of("resnet20", {32, 32, 3}, "batch");
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < summary.layers.size(); ++i) {
    sum += summary.layers[i].parameters;
    for (std::size_t j = 0; j < i; ++j) CHECK(summary.layers[i].path != summary.layers[j].path);
  }
  CHECK(sum == summary.parameters);
  // He et al. 2016, option A: 0.27 million; 19 convolutions, their norms, and one dense layer.
  CHECK(summary.parameters == 269722);
  // 3x3 convolutions: 1 of 3 -> 16 and 6 of 16 -> 16 at 32x32; 16 -> 32 and 5 of 32 -> 32 at 16x16;
  // 32 -> 64 and 5 of 64 -> 64 at 8x8; then 64 -> 10.
  const std::int64_t expected = 1024 * 9 * (3 * 16 + 6 * 16 * 16) +
                                256 * 9 * (16 * 32 + 5 * 32 * 32) +
                                64 * 9 * (32 * 64 + 5 * 64 * 64) + 640;
  CHECK(summary.multiply_adds == expected);
}

TEST_CASE("summary: the normalisation's parameters count") {
  const auto none = summary_of("lenet5", {28, 28, 1}, "none");
  const auto batch = summary_of("lenet5", {28, 28, 1}, "batch");
  // Gamma and beta of 6 and 16 channels, without the convolutions' biases.
  CHECK(batch.parameters == none.parameters + 6 + 16);
  CHECK(layer_at(batch, "features.1").parameters == 12);
}

TEST_CASE("summary: the table ends with the totals") {
  const auto summary = summary_of("lenet5", {28, 28, 1}, "none");
  const std::string text = keel::summary_text(summary);
  CHECK_THAT(text, ContainsSubstring("28x28x6"));
  CHECK_THAT(text, ContainsSubstring("61,706        416,520\n"));
  CHECK_THAT(text, ContainsSubstring("parameters take 241 KiB"));
}

TEST_CASE("summary: JSON has the same figures") {
  const auto json = keel::summary_json(summary_of("lenet5", {28, 28, 1}, "none"));
  CHECK(json.at("parameters") == 61706);
  CHECK(json.at("multiply_adds") == 416520);
  const auto& first = json.at("layers").at(0);
  CHECK(first.at("path") == "features.0");
  CHECK(first.at("output") == nlohmann::ordered_json{28, 28, 6});
}

TEST_CASE("summary: the input is read as height, width, channels") {
  const auto shape = keel::read_image_shape("--input", "32x24x3");
  CHECK(shape.height == 32);
  CHECK(shape.width == 24);
  CHECK(shape.channels == 3);
  for (const char* text :
       {"", "32", "32x32", "32x32x", "0x32x3", "32x32x3x1", "axbxc", "9999x1x1"}) {
    INFO(text);
    CHECK_THROWS_WITH(keel::read_image_shape("--input", text),
                      ContainsSubstring("--input: expected"));
  }
}
