#include "apps/predict.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include <keel/core/error.h>
#include <keel/data/png.h>

#include "apps/exit_code.h"
#include "apps/program.h"
#include "apps/train/checkpoint.h"
#include "apps/train/trainer.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using keel::Image;
using keel::testing::TempFolder;
using nlohmann::json;

namespace {

struct Result {
  int code;
  std::string out, err;
};

// A model that has learned the 70 tiny digits by heart, and files to show it.
class Predict {
 public:
  Predict() {
    keel::TrainConfig config = keel::testing::tiny_config();
    config.epochs = 25;
    config.norm = "group";
    config.optim = "adam";
    config.lr = 0.003;
    keel::Trainer trainer(config, keel::testing::tiny_digits());
    keel::TrainObserver nobody;
    trainer.run(nobody);
    trainer.save_model(folder_.path() / "model.safetensors");
  }

  std::string model() const { return (folder_.path() / "model.safetensors").string(); }
  std::string write(const std::string& name, const Image& image) const {
    const fs::path path = folder_.path() / name;
    keel::write_png(path, image.size, image.channels, image.pixels);
    return path.string();
  }
  std::string write(const std::string& name, std::string_view bytes) const {
    return folder_.write(name, bytes).string();
  }
  Result operator()(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), {"predict", "--checkpoint", model()});
    const keel::testing::CapturedOutput output;
    const int code = keel::run_program(arguments);
    return {code, output.out(), output.err()};
  }
  std::string best_guess(std::vector<std::string> arguments) const {
    arguments.push_back("--json");
    return json::parse((*this)(arguments).out)[0]["class"];
  }

 private:
  TempFolder folder_;
};

const Predict& trained() {
  static const Predict predict;
  return predict;
}

// Sample i of the training images; its label is i % 10.
Image digit(std::int64_t i) {
  const auto pixels = keel::testing::tiny_digits().train.image(i);
  return {{28, 28}, 1, {pixels.begin(), pixels.end()}};
}

Image changed(const Image& image, std::int64_t scale, std::int64_t channels, bool inverted) {
  Image result{{image.size.height * scale, image.size.width * scale}, channels, {}};
  for (std::int64_t y = 0; y < result.size.height; ++y) {
    for (std::int64_t x = 0; x < result.size.width; ++x) {
      const std::uint8_t v =
          image.pixels[static_cast<std::size_t>(y / scale * image.size.width + x / scale)];
      result.pixels.insert(result.pixels.end(), static_cast<std::size_t>(channels),
                           static_cast<std::uint8_t>(inverted ? 255 - v : v));
    }
  }
  return result;
}

}  // namespace

TEST_CASE("predict: images are told apart, in the order they are given") {
  const Predict& predict = trained();
  std::vector<std::string> files{"--json"};
  for (const std::int64_t i : {7, 3, 12}) {
    files.push_back(predict.write("d" + std::to_string(i) + ".png", digit(i)));
  }
  const Result result = predict(files);
  CHECK(result.code == keel::kExitDone);
  const json images = json::parse(result.out);
  REQUIRE(images.size() == 3);
  CHECK(images[0]["file"] == files[1]);
  CHECK(images[0]["class"] == "7");
  CHECK(images[1]["class"] == "3");
  CHECK(images[2]["class"] == "2");
  CHECK(images[2]["top"].size() == 3);
  CHECK(images[2]["top"][0]["probability"] == images[2]["probability"]);
}

TEST_CASE("predict: any size and colour becomes the model's") {
  const Predict& predict = trained();
  for (const std::int64_t scale : {1, 2, 5}) {
    for (const std::int64_t channels : {1, 3}) {
      const std::string file = predict.write("big.png", changed(digit(4), scale, channels, false));
      CHECK(predict.best_guess({file}) == "4");
    }
  }
  const std::string pixel = predict.write("pixel.png", Image{{1, 1}, 1, {128}});
  CHECK(predict({pixel}).code == keel::kExitDone);
}

TEST_CASE("predict: --invert is for dark figures on light ground") {
  const Predict& predict = trained();
  const std::string ink = predict.write("ink.png", changed(digit(4), 2, 3, true));
  CHECK(predict.best_guess({"--invert", ink}) == "4");
  const std::string plain = predict.write("plain.png", changed(digit(4), 2, 3, false));
  CHECK(predict({"--invert", ink}).out.substr(ink.size()) ==
        predict({plain}).out.substr(plain.size()));
  CHECK(predict({ink}).out.substr(ink.size()) != predict({plain}).out.substr(plain.size()));
}

TEST_CASE("predict: a model of black and white images sees such") {
  const keel::Checkpoint checkpoint(trained().model());
  const keel::ModulePtr model = checkpoint.model();
  Image image = digit(4);
  keel::ModelSpec spec = checkpoint.spec();
  const double grey = keel::predict(*model, spec, image)[0].probability;
  spec.binarize = 0.5;
  const double seen = keel::predict(*model, spec, image)[0].probability;
  for (std::uint8_t& value : image.pixels) value = value >= 128 ? 255 : 0;
  CHECK(seen == keel::predict(*model, checkpoint.spec(), image)[0].probability);
  CHECK(seen != grey);
}

TEST_CASE("predict: --top tells so many classes, the likeliest first, and never more than all") {
  const Predict& predict = trained();
  const std::string file = predict.write("d.png", digit(5));
  const json all = json::parse(predict({file, "--json", "--top", "99"}).out)[0]["top"];
  REQUIRE(all.size() == 10);
  double sum = 0;
  for (std::size_t i = 0; i < 10; ++i) {
    sum += all[i]["probability"].get<double>();
    if (i > 0) CHECK(all[i]["probability"] <= all[i - 1]["probability"]);
  }
  CHECK(sum == Approx(1).epsilon(1e-5));
  const std::string text = predict({file, "--top", "1"}).out;
  CHECK_THAT(text, ContainsSubstring(file + "  5 "));
  CHECK(std::count(text.begin(), text.end(), '%') == 1);
  CHECK(predict({file, "--top", "0"}).code == keel::kExitUsage);
}

TEST_CASE("predict: unreadable files are named after the others are done") {
  const Predict& predict = trained();
  const std::string good = predict.write("good.png", digit(1));
  const std::string bad = predict.write("bad.png", "\x89PNG\r\n and then nothing");
  const std::string text = predict.write("notes.txt", "hello");
  const Result result = predict({bad, good, text, "nowhere.png"});
  CHECK(result.code == keel::kExitData);
  CHECK_THAT(result.out, ContainsSubstring(good + "  1 "));
  CHECK(std::count(result.out.begin(), result.out.end(), '\n') == 1);
  for (const std::string& file : {bad, text, std::string("nowhere.png")}) {
    CHECK_THAT(result.err, ContainsSubstring("error: " + file));
  }
  const json images = json::parse(predict({bad, good, "--json"}).out);
  CHECK_THAT(images[0]["error"].get<std::string>(), ContainsSubstring(bad));
  CHECK(images[1]["class"] == "1");
}

TEST_CASE("predict: a checkpoint and an image are required") {
  CHECK(trained()({}).code == keel::kExitUsage);
  const keel::testing::CapturedOutput output;
  CHECK(keel::run_program({"predict", "x.png"}) == keel::kExitUsage);
  CHECK(keel::run_program({"predict", "--checkpoint", "nowhere", "x.png"}) == keel::kExitData);
}
