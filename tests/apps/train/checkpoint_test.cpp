#include "apps/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/random.h>
#include <keel/optim/adam.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using Catch::Matchers::EndsWith;
using keel::Checkpoint;
using keel::ModelSpec;
using keel::Tensor;
using keel::testing::TempFolder;
using nlohmann::json;

namespace {

ModelSpec lenet() {
  return {.model = "lenet5",
          .options = {.input = {14, 12, 3},
                      .classes = 3,
                      .norm = "batch:momentum=none:eps=1e-4+ws",
                      .activation = "silu",
                      .dropout = 0.25,
                      .dropout_place = "all"},
          .dataset = "pets",
          .classes = {"cat", "dog", "f\xFFsh"},  // a folder's name need not be text
          .standardization = {{0.1f, 0.2f, 0.3f}, {1.0f, 0.5f, 0.25f}},
          .seed = 9,
          .test_fraction = 0.3,
          .binarize = 0.5};
}

// What is wrong with the file, of what the function does with it.
std::string complaint(const std::filesystem::path& path, const std::function<void()>& f) {
  try {
    f();
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring(path.string()));
    return error.what();
  }
  return "no error";
}

std::string load_complaint(const std::filesystem::path& path) {
  return complaint(path, [&] { Checkpoint(path).model(); });
}

// The checkpoint of a new model whose spec (or another piece of metadata) was changed by hand.
std::string complaint_about(const std::function<void(json& spec)>& change) {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  keel::save_model(path, lenet(), *keel::build_model(lenet(), 1));
  keel::TensorFile file = keel::read_safetensors(path);
  json spec = json::parse(file.metadata.at("keel.model"));
  change(spec);
  file.metadata["keel.model"] = spec.dump();
  keel::write_safetensors(path, file);
  return load_complaint(path);
}

}  // namespace

TEST_CASE("checkpoint: a saved model is built again from its file alone") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const keel::ModulePtr saved = keel::build_model(lenet(), 11);
  keel::save_model(path, lenet(), *saved);

  const Checkpoint checkpoint(path);
  const ModelSpec& spec = checkpoint.spec();
  CHECK(spec.model == "lenet5");
  CHECK(spec.dataset == "pets");
  CHECK(spec.classes == std::vector<std::string>{"cat", "dog", "f\xEF\xBF\xBDsh"});
  CHECK(spec.standardization.mean == lenet().standardization.mean);
  CHECK(spec.standardization.std == lenet().standardization.std);
  CHECK(spec.options.norm == lenet().options.norm);
  CHECK(spec.options.activation == "silu");
  CHECK(spec.seed == 9);
  CHECK(spec.test_fraction == 0.3);
  CHECK(keel::to_json_text(spec) == keel::to_json_text(lenet()));

  Tensor x = Tensor::empty({2, 14, 12, 3});
  keel::Rng rng(1);
  for (float& v : std::span(x.mutable_data<float>(), static_cast<std::size_t>(x.numel()))) {
    v = static_cast<float>(rng.normal());
  }
  const keel::ModulePtr loaded = checkpoint.model();
  const Tensor expected = saved->forward(x, {}), y = loaded->forward(x, {});
  CHECK(std::equal(y.values<float>().begin(), y.values<float>().end(),
                   expected.values<float>().begin()));
}

TEST_CASE("checkpoint: tensors have PyTorch's names and order of axes") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  keel::save_model(path, lenet(), *keel::build_model(lenet(), 1));
  const keel::TensorFile file = keel::read_safetensors(path);
  CHECK(file.tensors.at("features.0.weight").shape() == keel::Shape{6, 3, 5, 5});
  CHECK(file.tensors.at("features.1.running_var").shape() == keel::Shape{6});
  CHECK(file.integers.contains("features.1.num_batches_tracked"));
  CHECK(file.metadata.at("format") == "pt");
}

TEST_CASE("checkpoint: training goes on only from a file that says where it stands") {
  const TempFolder folder;
  const auto path = folder.path() / "last.safetensors";
  const keel::ModulePtr model = keel::build_model(lenet(), 1);
  keel::ParameterGroup group;
  for (const keel::StateEntry& entry : keel::parameters_of(*model)) {
    group.parameters.push_back({entry.path, entry.tensor});
  }
  keel::Adam adam({group}, {});
  const auto restore = [&] { return Checkpoint(path).restore(*model, adam); };

  const keel::Progress progress{.epoch = 2,
                                .batch = 3,
                                .step = 13,
                                .loss_sum = 0.1 + 0.2,
                                .correct = 4,
                                .seen = 48,
                                .best_accuracy = 1.0 / 3,
                                .best_epoch = 1};
  keel::save_checkpoint(path, lenet(), *model, adam, progress);
  const keel::Progress restored = restore();
  CHECK(restored.epoch == 2);
  CHECK(restored.batch == 3);
  CHECK(restored.step == 13);
  CHECK(restored.loss_sum == 0.1 + 0.2);
  CHECK(restored.correct == 4);
  CHECK(restored.seen == 48);
  CHECK(restored.best_accuracy == 1.0 / 3);
  CHECK(restored.best_epoch == 1);
  CHECK(load_complaint(path) == "no error");  // predicting needs no more than the model of it

  keel::TensorFile file = keel::read_safetensors(path);
  const std::string fields = file.metadata.at("keel.progress");
  const auto complains = [&](const std::string& text, const std::string& what) {
    file.metadata["keel.progress"] = text;
    keel::write_safetensors(path, file);
    CHECK_THAT(complaint(path, restore),
               EndsWith("metadata 'keel.progress': " + what +
                        "; the run cannot go on: train anew with another --run"));
  };
  complains("", "not JSON at byte 1");
  complains(std::string(1'000'000, '['), "more than 100 brackets within one another");
  complains("[]", "expected a JSON object, found []");
  complains("{}", "progress: expected a field \"epoch\", found none");
  complains("{\"epoch\":\"two\"}",
            "progress.epoch: expected a whole number that is not negative, found string");
  json half = json::parse(fields);
  half["loss_sum"] = "half";
  complains(half.dump(), "progress.loss_sum: expected a number or null, found string");
  keel::save_model(path, lenet(), *model);
  CHECK_THAT(complaint(path, restore), ContainsSubstring("does not fit the optimiser"));
  file.metadata.erase("keel.progress");
  keel::write_safetensors(path, file);
  CHECK_THAT(complaint(path, restore), ContainsSubstring("resume from last.safetensors"));
}

TEST_CASE("checkpoint: a value that is not finite is never saved") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const keel::ModulePtr model = keel::build_model(lenet(), 1);
  keel::state_of(*model).front().tensor.mutable_data<float>()[7] = INFINITY;
  try {
    keel::save_model(path, lenet(), *model);
    FAIL("saved");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kDiverged);
    CHECK_THAT(error.what(), ContainsSubstring("features.0.weight"));
  }
  CHECK(!std::filesystem::exists(path));
}

TEST_CASE("checkpoint: damaged files are errors wherever they are cut") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  keel::save_model(path, lenet(), *keel::build_model(lenet(), 1));
  const std::string whole = keel::read_file(path);
  for (const std::size_t length :
       {std::size_t{0}, std::size_t{7}, std::size_t{100}, whole.size() / 2, whole.size() - 1}) {
    folder.write("model.safetensors", whole.substr(0, length));
    CHECK(load_complaint(path) != "no error");
  }
  folder.write("model.safetensors", "PK\x03\x04 this is another kind of file, of some length");
  CHECK(load_complaint(path) != "no error");
  CHECK(load_complaint(folder.path() / "missing.safetensors") != "no error");
  CHECK(load_complaint(folder.path()) != "no error");
}

TEST_CASE("checkpoint: tensors of another program are told from a model of Keel") {
  const TempFolder folder;
  const auto path = folder.path() / "other.safetensors";
  keel::write_safetensors(path, {.tensors = {{"weight", Tensor::ones({2, 2})}}});
  CHECK_THAT(load_complaint(path), ContainsSubstring("is it a checkpoint of keel train?"));
}

TEST_CASE("checkpoint: a spec that cannot be is the file's fault") {
  CHECK(complaint_about([](json&) {}) == "no error");
  CHECK_THAT(complaint_about([](json& s) { s["model"] = "lenet6"; }),
             ContainsSubstring("did you mean 'lenet5'?"));
  CHECK_THAT(complaint_about([](json& s) { s["norm"] = "layers"; }),
             ContainsSubstring("did you mean 'layer'?"));
  CHECK_THAT(complaint_about([](json& s) { s["norm"] = "none"; }),
             ContainsSubstring("unexpected: features.1.running_mean"));
  CHECK_THAT(complaint_about([](json& s) { s.erase("std"); }), EndsWith("std is missing"));
  CHECK_THAT(complaint_about([](json& s) {
               s["std"] = {1, -1, 1};
             }),
             EndsWith("std: expected a number above 0 for each of 3 channels, found [1,-1,1]"));
  CHECK_THAT(complaint_about([](json& s) { s.erase("seed"); }), EndsWith("seed is missing"));
  CHECK_THAT(complaint_about([](json& s) { s["seed"] = -1; }),
             EndsWith("seed: expected a whole number of 0 or more, found -1"));
  CHECK_THAT(complaint_about([](json& s) { s["model"] = 5; }),
             EndsWith("model: expected a text, found 5"));
  CHECK_THAT(complaint_about([](json& s) { s["dropout"] = "half"; }),
             EndsWith("dropout: expected a number, found \"half\""));
  CHECK_THAT(complaint_about([](json& s) { s["input"][0] = 14.5; }),
             EndsWith("input: expected a list, each of it a whole number, found [14.5,12,3]"));
  CHECK_THAT(complaint_about([](json& s) { s["classes"] = std::string(200, 'x'); }),
             ContainsSubstring("classes: expected a list") && EndsWith("xxx..."));
  CHECK_THAT(complaint_about([](json& s) { s["test_fraction"] = 1; }),
             ContainsSubstring("test_fraction 1 is not"));
  CHECK_THAT(complaint_about([](json& s) { s["binarize"] = 2; }),
             ContainsSubstring("binarize 2 is not"));
  CHECK_THAT(complaint_about([](json& s) { s["dropout_place"] = "first"; }),
             ContainsSubstring("expected last or all"));
  CHECK_THAT(complaint_about([](json& s) { s["mean"] = {0.5}; }), ContainsSubstring("3 channels"));
  CHECK_THAT(complaint_about([](json& s) { s["norm"] = "batch:momentum=most"; }),
             ContainsSubstring("got 'most'"));
  CHECK_THAT(complaint_about([](json& s) { s["classes"] = {"one"}; }),
             EndsWith("classes: expected 2 to 100000 names, found 1"));
  CHECK_THAT(complaint_about([](json& s) {
               s["input"] = {14, 12};
             }),
             EndsWith("input: expected height, width and channels, found 2 values"));
  CHECK_THAT(complaint_about([](json& s) {
               s["input"] = {14, -12, 3};
             }),
             ContainsSubstring("not an image"));
  CHECK_THAT(complaint_about([](json& s) {
               s["classes"] = json::parse(std::string(200, '[') + std::string(200, ']'));
             }),
             EndsWith("'keel.model': more than 100 brackets within one another"));
  CHECK_THAT(complaint_about([](json& s) { s = "lenet5"; }),
             EndsWith("'keel.model': expected a JSON object, found \"lenet5\""));
}

TEST_CASE("checkpoint: a spec takes no more memory than its file has weights") {
  const auto claim = [](const char* model) {
    return complaint_about([model](json& s) {
      s["model"] = model;
      s["input"] = {4096, 4096, 3};
    });
  };
  for (const char* model : {"mlp", "lenet5", "vgg-small", "vgg16"}) {
    CHECK_THAT(claim(model), ContainsSubstring("expected at most"));
  }
}
