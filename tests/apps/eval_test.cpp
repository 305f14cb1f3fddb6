#include "apps/eval.h"

#include <nlohmann/json.hpp>
#include <string>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/image_file.h>
#include <keel/data/png.h>

#include "apps/evaluation/recalibrate.h"
#include "apps/exit_code.h"
#include "apps/program.h"
#include "apps/train/checkpoint.h"
#include "apps/train/load_data.h"
#include "apps/train/trainer.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/captured_output.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using keel::testing::CapturedOutput;
using keel::testing::TempFolder;
using nlohmann::json;

namespace {

struct Result {
  int code;
  std::string out, err;
};
Result keel_eval(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "eval");
  const CapturedOutput output;
  const int code = keel::run_program(arguments);
  return {code, output.out(), output.err()};
}

// A trained model of the data; returns its file.
std::string trained_model(const TempFolder& folder, const keel::DatasetSplits& data,
                          const std::string& norm = "batch") {
  keel::TrainConfig config = keel::testing::tiny_config();
  config.norm = norm;
  keel::Trainer trainer(config, data);
  keel::TrainObserver nobody;
  trainer.run(nobody);
  const fs::path path = folder.path() / "model.safetensors";
  trainer.save_model(path);
  return path.string();
}

// The digits as files, so that the set is small and its test images are known.
std::string write_images(const TempFolder& folder, const keel::DatasetSplits& data) {
  for (const auto& [half, set] : {std::pair("train", &data.train), {"test", &data.test}}) {
    for (std::int64_t i = 0; i < set->size(); ++i) {
      const auto label = static_cast<std::size_t>(set->labels[static_cast<std::size_t>(i)]);
      const fs::path path = folder.path() / "images" / half / set->classes[label] /
                            (std::to_string(1000 + i) + ".png");
      fs::create_directories(path.parent_path());
      keel::write_png(path, {set->height, set->width}, set->channels, set->image(i));
    }
  }
  return (folder.path() / "images").string();
}

keel::Evaluation three_classes() {
  keel::Evaluation evaluation{.loss = 0.5, .correct = 1203, .count = 1207};
  evaluation.classes = 3;
  evaluation.confusion = {1200, 0, 2, 1, 3, 1, 0, 0, 0};
  return evaluation;
}

}  // namespace

TEST_CASE("eval: the confusion matrix is an aligned table") {
  CHECK(keel::evaluation_text(three_classes(), {"cat", "Häschen", "ox"}) ==
        "true \\ predicted    cat  Häschen  ox  images  accuracy\n"
        "cat               1,200        .   2   1,202   99.83 %\n"
        "Häschen               1        3   1       5   60.00 %\n"
        "ox                    .        .   .       0         –\n");
}

TEST_CASE("eval: many classes are listed with what they were most often taken for") {
  keel::Evaluation evaluation;
  evaluation.classes = 31;
  evaluation.confusion.resize(31 * 31);
  std::vector<std::string> classes;
  for (int i = 0; i < 31; ++i) {
    classes.push_back(fmt::format("c{}", i));
    evaluation.confusion[static_cast<std::size_t>(32 * i)] = 9;
  }
  evaluation.confusion[1] = 1;
  evaluation.confusion[5] = 2;
  const std::string text = keel::evaluation_text(evaluation, classes);
  CHECK(text.substr(0, text.find("c2 ")) ==
        "class  images  accuracy  most often taken for\n"
        "c0         12   75.00 %                c5 (2)\n"
        "c1          9  100.00 %                     .\n");
}

TEST_CASE("eval: JSON holds the whole matrix, and null where there is nothing to measure") {
  const json result = keel::evaluation_json(three_classes(), {"cat", "hare", "ox"});
  CHECK(result["images"] == 1207);
  CHECK(result["loss"] == 0.5);
  CHECK(result["confusion"] == json::parse("[[1200,0,2],[1,3,1],[0,0,0]]"));
  CHECK(result["classes"][1] ==
        json::parse(R"({"class":"hare","images":5,"correct":3,"accuracy":0.6})"));
  CHECK(result["classes"][2]["accuracy"].is_null());
}

TEST_CASE("eval: a checkpoint and a set are all it needs") {
  const TempFolder folder;
  const keel::DatasetSplits& data = keel::testing::tiny_digits();
  const std::string model = trained_model(folder, data), images = write_images(folder, data);
  const keel::Checkpoint checkpoint(model);
  const keel::Evaluation expected =
      evaluate(*checkpoint.model(), data.test, checkpoint.spec().standardization);

  const std::string picture = (folder.path() / "confusion.png").string();
  const Result text = keel_eval({"--checkpoint", model, "--data", images, "--out", picture});
  CHECK(text.code == keel::kExitDone);
  CHECK_THAT(text.err, !ContainsSubstring("skipped"));
  CHECK_THAT(text.out, ContainsSubstring("lenet5, normalisation batch, on the test images of"));
  CHECK_THAT(text.out, ContainsSubstring(fmt::format("({} of 40 images)", expected.correct)));
  CHECK_THAT(text.out, ContainsSubstring("wrote " + picture));
  const Result unwritten =
      keel_eval({"--checkpoint", model, "--data", images, "--out", "/no/such/folder/c.png"});
  CHECK(unwritten.code == keel::kExitData);
  CHECK_THAT(unwritten.out, ContainsSubstring("of 40 images)") && !ContainsSubstring("wrote"));
  CHECK(keel::probe_image(picture).size.width > 500);

  const Result result = keel_eval(
      {"--checkpoint", model, "--data", images, "--json", "--batch-size", "7", "--threads", "1"});
  const json parsed = json::parse(result.out);
  CHECK(parsed["images"] == 40);
  CHECK(parsed["loss"].get<double>() == Approx(expected.loss).epsilon(1e-6));
  CHECK(parsed["accuracy"].get<double>() == expected.accuracy());
  std::int64_t trace = 0;
  for (std::size_t c = 0; c < 10; ++c) trace += parsed["confusion"][c][c].get<std::int64_t>();
  CHECK(trace == expected.correct);
}

TEST_CASE("eval: --recalibrate averages the running statistics over the training images first") {
  const TempFolder folder;
  const keel::DatasetSplits& data = keel::testing::tiny_digits();
  const std::string path = trained_model(folder, data), images = write_images(folder, data);
  const keel::Checkpoint checkpoint(path);
  const keel::Standardization& standardization = checkpoint.spec().standardization;
  const double before = evaluate(*checkpoint.model(), data.test, standardization).loss;
  const Result result = keel_eval(
      {"--checkpoint", path, "--data", images, "--recalibrate", "--batch-size", "70", "--json"});
  REQUIRE(result.code == keel::kExitDone);
  // One batch of all images: their order in the folder does not matter.
  const keel::ModulePtr model = checkpoint.model();
  recalibrate(*model, data.train, standardization, {.batch_size = 70});
  const double expected = evaluate(*model, data.test, standardization).loss;
  CHECK(expected != before);
  CHECK(json::parse(result.out)["loss"].get<double>() == Approx(expected).epsilon(1e-4));
}

TEST_CASE("eval: --recalibrate says so and saves what it found where asked") {
  const TempFolder folder;
  const keel::DatasetSplits& data = keel::testing::tiny_digits();
  const std::string path = trained_model(folder, data), images = write_images(folder, data),
                    saved = (folder.path() / "averaged.safetensors").string();
  const Result text = keel_eval({"--checkpoint", path, "--data", images, "--recalibrate",
                                 "--batch-size", "35", "--save", saved});
  REQUIRE(text.code == keel::kExitDone);
  CHECK_THAT(text.out, ContainsSubstring("running statistics averaged anew over 2 batches of "
                                         "training images; saved in " +
                                         saved));
  const auto loss = [&](const std::vector<std::string>& more) {
    std::vector<std::string> line{"--data", images, "--batch-size", "35", "--json"};
    line.insert(line.end(), more.begin(), more.end());
    return json::parse(keel_eval(line).out);
  };
  const json averaged = loss({"--checkpoint", path, "--recalibrate"});
  CHECK(averaged["recalibrated_batches"] == 2);
  CHECK(loss({"--checkpoint", saved})["loss"] == averaged["loss"]);
  CHECK(keel_eval({"--checkpoint", path, "--data", images, "--save", saved}).code ==
        keel::kExitUsage);
}

TEST_CASE("eval: --recalibrate without running statistics says what to do") {
  const TempFolder folder;
  const keel::DatasetSplits& data = keel::testing::tiny_digits();
  const std::string path = trained_model(folder, data, "group");
  const Result result =
      keel_eval({"--checkpoint", path, "--data", write_images(folder, data), "--recalibrate"});
  CHECK(result.code == keel::kExitUsage);
  CHECK_THAT(result.err, ContainsSubstring("group has no running statistics to average, or keeps "
                                           "them: evaluate without --recalibrate"));
}

TEST_CASE("eval: a model of black and white images sees such") {
  const TempFolder folder;
  keel::DatasetSplits data = keel::testing::tiny_digits();
  const std::string images = write_images(folder, data);
  const keel::Checkpoint checkpoint(trained_model(folder, data));
  keel::ModelSpec spec = checkpoint.spec();
  spec.binarize = 0.5;
  const std::string model = (folder.path() / "binarized.safetensors").string();
  keel::save_model(model, spec, *checkpoint.model());
  const double grey = evaluate(*checkpoint.model(), data.test, spec.standardization).loss;
  for (std::uint8_t& value : data.test.images) value = value >= 128 ? 255 : 0;
  const double expected = evaluate(*checkpoint.model(), data.test, spec.standardization).loss;
  const json found =
      json::parse(keel_eval({"--checkpoint", model, "--data", images, "--json"}).out);
  CHECK(found["loss"].get<double>() == Approx(expected).epsilon(1e-6));
  CHECK(found["loss"].get<double>() != Approx(grey).epsilon(1e-6));
}

TEST_CASE("eval: without --data it takes the set the model was trained on") {
  const TempFolder folder;
  const std::string model = trained_model(folder, keel::testing::tiny_digits());
  const Result result = keel_eval({"--checkpoint", model, "--limit-test", "30"});
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out, ContainsSubstring("on the test images of digits"));
  CHECK_THAT(result.out, ContainsSubstring("of 30 images)"));

  keel::DatasetSplits own = keel::testing::tiny_digits();
  own.train.name = "holiday";
  const Result folder_set = keel_eval({"--checkpoint", trained_model(folder, own)});
  CHECK(folder_set.code == keel::kExitUsage);
  CHECK_THAT(folder_set.err,
             ContainsSubstring("--data is required") && ContainsSubstring("\"holiday\""));
}

TEST_CASE("eval: a folder of images is split as it was to train the model") {
  const TempFolder folder;
  for (const std::string kind : {"dark", "light"}) {
    for (int i = 0; i < 20; ++i) {
      const std::string pixels(8 * 8, static_cast<char>(kind == "dark" ? i : 100 + 7 * i));
      folder.write("set/" + kind + "/" + std::to_string(i) + ".pgm", "P5 8 8 255\n" + pixels);
    }
  }
  keel::TrainConfig config = keel::testing::tiny_config();
  config.data = (folder.path() / "set").string();
  config.model = "mlp";
  config.seed = 5;
  config.test_fraction = 0.4;
  const keel::DatasetSplits data = keel::load_data(config);
  keel::Trainer trainer(config, data);
  const std::string path = (folder.path() / "model.safetensors").string();
  trainer.save_model(path);

  const keel::Checkpoint checkpoint(path);
  const keel::Evaluation expected =
      evaluate(*checkpoint.model(), data.test, checkpoint.spec().standardization);
  const json result =
      json::parse(keel_eval({"--checkpoint", path, "--data", config.data, "--json"}).out);
  CHECK(result["images"] == 16);
  CHECK(result["loss"] == expected.loss);
}

TEST_CASE("eval: a recalibrated model does not take the place of a training's checkpoint") {
  const TempFolder folder;
  const std::string model = trained_model(folder, keel::testing::tiny_digits());
  const std::string bytes = keel::read_file(model);
  const Result result =
      keel_eval({"--checkpoint", model, "--data", "digits", "--recalibrate", "--save", model});
  CHECK(result.code == keel::kExitUsage);
  CHECK_THAT(result.err, ContainsSubstring("--save " + model + ": is the checkpoint itself"));
  CHECK((keel::read_file(model) == bytes));
}

TEST_CASE("eval: other images than the model's are refused") {
  const TempFolder folder;
  const std::string model = trained_model(folder, keel::testing::tiny_digits());
  const Result size = keel_eval({"--checkpoint", model, "--data", "shapes"});
  CHECK(size.code == keel::kExitData);
  CHECK_THAT(size.err, ContainsSubstring("takes images of 28x28x1, those of shapes are 32x32x3"));

  for (const char* path : {"a/1.pgm", "a/2.pgm", "b/1.pgm", "b/2.pgm"}) {
    folder.write(fs::path("other") / path, "P5 2 2 255\nabcd");
  }
  const Result classes =
      keel_eval({"--checkpoint", model, "--data", (folder.path() / "other").string()});
  CHECK(classes.code == keel::kExitData);
  CHECK_THAT(classes.err, ContainsSubstring("other classes"));

  const Result missing = keel_eval({"--checkpoint", (folder.path() / "none").string()});
  CHECK(missing.code == keel::kExitData);
  CHECK(keel_eval({}).code == keel::kExitUsage);
}
