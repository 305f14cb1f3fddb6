#include "apps/train/run_directory.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <limits>
#include <string>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "tests/apps/sample_probe.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using Catch::Matchers::EndsWith;
using keel::EpochResult;
using keel::RunDirectory;
using keel::testing::TempFolder;

namespace {

EpochResult epoch(std::int64_t number) {
  return {.epoch = number,
          .step = number * 10,
          .train_loss = 1.0 / static_cast<double>(number),
          .train_accuracy = 0.5,
          .test_loss = 0.75,
          .test_accuracy = 0.625,
          .lr = 0.01,
          .seconds = 2.5 * static_cast<double>(number),
          .images_per_second = 1000};
}

nlohmann::ordered_json step(std::int64_t number) {
  return {{"event", "step"}, {"step", number}, {"loss", 2.0}, {"accuracy", 0.25}};
}

std::int64_t lines_of(const std::filesystem::path& file) {
  const std::string text = keel::read_file(file);
  return std::count(text.begin(), text.end(), '\n');
}

std::string complaint(const std::function<void()>& f, keel::ErrorKind kind) {
  try {
    f();
  } catch (const keel::Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("run directory: a new one holds its configuration and where it was made") {
  const TempFolder folder;
  const auto path = folder.path() / "runs" / "first";
  keel::TrainConfig config;
  config.model = "vgg11";
  config.lr = 0.1;
  const RunDirectory run = RunDirectory::create(path, config);
  CHECK(RunDirectory::open(path).config().model == "vgg11");
  CHECK(RunDirectory::open(path).config().lr == 0.1);
  CHECK(nlohmann::json::parse(keel::read_file(path / "environment.json")).is_object());
  CHECK(keel::read_file(path / "log.jsonl").empty());
  CHECK(lines_of(path / "metrics.csv") == 1);
  CHECK(run.last() == path / "last.safetensors");

  CHECK_THAT(complaint([&] { RunDirectory::create(path, config); }, keel::ErrorKind::kInvalid),
             ContainsSubstring("--resume " + path.string()));
  CHECK_THAT(complaint([&] { RunDirectory::open(folder.path()); }, keel::ErrorKind::kData),
             ContainsSubstring("there is no run to resume"));
  folder.write("file", "");
  CHECK_THAT(complaint([&] { RunDirectory::create(folder.path() / "file" / "run", config); },
                       keel::ErrorKind::kData),
             ContainsSubstring("cannot make the folder"));
}

TEST_CASE("run directory: a folder of images is found again from elsewhere, a known set by name") {
  const TempFolder folder;
  const auto stored = [&folder](const std::string& data) {
    const auto path = folder.path() / ("run of " + std::to_string(data.size()));
    return RunDirectory::create(path, {.data = data}).config().data;
  };
  CHECK(stored("pets") == (std::filesystem::current_path() / "pets").string());
  CHECK(stored("my/pets") == (std::filesystem::current_path() / "my/pets").string());
  CHECK(stored("/all/pets") == "/all/pets");
  CHECK(stored("digits") == "digits");
}

TEST_CASE("run directory: epochs and steps are read back as they were logged") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  run.log({{"event", "start"}, {"step", 0}});
  run.log(step(5));
  run.log_epoch(epoch(1), 0.125);
  EpochResult bad = epoch(2);
  bad.test_loss = std::numeric_limits<double>::infinity();
  run.log_epoch(bad, 0);

  const auto epochs = keel::read_run(run.path()).epochs;
  REQUIRE(epochs.size() == 2);
  CHECK(epochs[0] == epoch(1));
  CHECK(std::isnan(epochs[1].test_loss));
  const auto steps = keel::read_run(run.path()).steps;
  REQUIRE(steps.size() == 1);
  CHECK(steps[0] == keel::StepResult{.step = 5, .loss = 2, .accuracy = 0.25});
  CHECK(keel::read_file(run.path() / "metrics.csv") ==
        "epoch,step,train_loss,train_accuracy,test_loss,test_accuracy,lr,seconds,"
        "images_per_second\n"
        "1,10,1,0.5,0.75,0.625,0.01,2.5,1000\n"
        "2,20,0.5,0.5,inf,0.625,0.01,5,1000\n");
}

TEST_CASE(
    "run directory: evaluations are read back as they were logged, and end with their steps") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  const std::vector<keel::EvaluationResult> evaluations{{10, 0.75, 0.625}, {20, 0.5, 0.75}};
  for (const keel::EvaluationResult& evaluation : evaluations) run.log_evaluation(evaluation);
  CHECK(keel::read_run(run.path()).evaluations == evaluations);
  run.rewind(19);
  CHECK(keel::read_run(run.path()).evaluations == std::vector{evaluations[0]});
}

TEST_CASE("run directory: probes are read back as they were logged, and end with their steps") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  keel::Probe first = keel::testing::sample_probe(1), second = keel::testing::sample_probe(50);
  second.accuracy.reset();
  run.log_probe(first);
  run.log_probe(second);
  CHECK(keel::read_run(run.path()).probes == std::vector{first, second});
  run.rewind(49);
  CHECK(keel::read_run(run.path()).probes == std::vector{first});

  first.landscape.by_rate.beta = std::numeric_limits<double>::infinity();
  run.rewind(0);
  run.log_probe(first);
  CHECK(std::isnan(keel::read_run(run.path()).probes.at(0).landscape.by_rate.beta));
}

TEST_CASE("run directory: a probe that is malformed is told with file, line and field") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  run.log_probe(keel::testing::sample_probe(1));
  const auto original = nlohmann::json::parse(keel::read_file(run.path() / "log.jsonl"));
  struct Case {
    const char* pointer;
    nlohmann::json value;
    const char* message;
  };
  const Case cases[] = {
      {"/step", "one", "probe.step: expected a whole number that is not negative, found string"},
      {"/landscape", 7, "probe.landscape: expected an object, found number"},
      {"/landscape/by_rate/points/1/loss", "low",
       "probe.landscape.by_rate.points[1].loss: expected a number or null, found string"},
      {"/covariate_shift/0/layer", 3, "probe.covariate_shift[0].layer: expected a string"},
      {"/activity/0/units", {{"unit", 1}}, "probe.activity[0].units: expected an array"},
      {"/accuracy/batch", true, "probe.accuracy.batch: expected a number or null, found boolean"},
      {"/time", nullptr, "probe.time: expected an array, found null"}};
  for (const Case& c : cases) {
    auto damaged = original;
    damaged[nlohmann::json::json_pointer(c.pointer)] = c.value;
    keel::write_file_atomically(run.path() / "log.jsonl", damaged.dump() + "\n");
    const std::string found =
        complaint([&] { keel::read_run(run.path()); }, keel::ErrorKind::kData);
    CHECK_THAT(found, ContainsSubstring("log.jsonl:1: "));
    CHECK_THAT(found, ContainsSubstring(c.message));
  }
  auto damaged = original;
  damaged.erase("updates");
  keel::write_file_atomically(run.path() / "log.jsonl", damaged.dump() + "\n");
  CHECK_THAT(complaint([&] { keel::read_run(run.path()); }, keel::ErrorKind::kData),
             ContainsSubstring("probe: expected a field \"updates\", found none"));
}

TEST_CASE("run directory: the log tells how the run ended") {
  const TempFolder folder;
  const auto path = folder.path() / "run";
  RunDirectory run = RunDirectory::create(path, {});
  CHECK(keel::read_run(path).status == keel::RunStatus::kPending);
  CHECK(keel::read_run(folder.path() / "nowhere").epochs.empty());

  run.log({{"event", "start"}, {"step", 0}, {"parameters", 1234}});
  CHECK(keel::read_run(path).status == keel::RunStatus::kInterrupted);
  CHECK(keel::read_run(path).parameters == 1234);
  run.log({{"event", "end"}, {"outcome", "interrupted"}, {"peak_tensor_bytes", 5}});
  CHECK(keel::read_run(path).status == keel::RunStatus::kInterrupted);
  run.log_epoch(epoch(1), 0);
  run.log({{"event", "end"},
           {"outcome", "out of patience"},
           {"step", epoch(1).step},
           {"peak_tensor_bytes", 7}});
  CHECK(keel::read_run(path).status == keel::RunStatus::kCompleted);
  CHECK(keel::read_run(path).peak_tensor_bytes == 7);

  run.rewind(0);
  run.log({{"event", "diverged"}, {"step", 3}, {"layer", "fc1"}, {"peak_tensor_bytes", 9}});
  const keel::Run diverged = keel::read_run(path);
  CHECK(diverged.status == keel::RunStatus::kDiverged);
  CHECK(diverged.diverged == keel::Divergence{3, "fc1"});
  CHECK(diverged.peak_tensor_bytes == 9);
}

TEST_CASE("run directory: a log without each epoch until its end is of no completed run") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  const auto status_of = [&run](std::initializer_list<std::int64_t> epochs) {
    run.rewind(-1);
    run.log({{"event", "start"}, {"step", 0}});
    for (const std::int64_t number : epochs) run.log_epoch(epoch(number), 0);
    run.log({{"event", "end"}, {"outcome", "completed"}, {"step", epoch(3).step}});
    return keel::read_run(run.path()).status;
  };
  CHECK(status_of({1, 2, 3}) == keel::RunStatus::kCompleted);
  CHECK(status_of({}) == keel::RunStatus::kInterrupted);
  CHECK(status_of({1, 2}) == keel::RunStatus::kInterrupted);
  CHECK(status_of({1, 3}) == keel::RunStatus::kInterrupted);
  CHECK(status_of({2, 3}) == keel::RunStatus::kInterrupted);
}

TEST_CASE("run directory: settings that the results depend on are told when they change") {
  const TempFolder folder;
  keel::TrainConfig config;
  config.data_dir = "sets";
  const RunDirectory run = RunDirectory::create(folder.path() / "run", config);
  CHECK(run.changed_settings(config).empty());
  config.threads = config.workers = 2;
  config.log_every = config.save_every = 3;
  CHECK(run.changed_settings(config).empty());
  config.epochs = 7;
  CHECK(keel::describe(run.changed_settings(config)) == "epochs was 5 and is now 7");
  config.data_dir = "others";
  CHECK(run.changed_settings(config).size() == 2);
}

TEST_CASE("run directory: what was logged after the checkpoint is forgotten") {
  const TempFolder folder;
  const auto path = folder.path() / "run";
  RunDirectory run = RunDirectory::create(path, {});
  run.log({{"event", "start"}, {"step", 0}});
  run.log_epoch(epoch(1), 0);
  run.log(step(15));
  run.log(step(20));
  run.log_epoch(epoch(2), 0);
  run.log({{"event", "end"}, {"step", 20}});
  const std::string whole = keel::read_file(path / "log.jsonl");

  RunDirectory again = RunDirectory::open(path);
  again.rewind(20);
  CHECK(lines_of(path / "log.jsonl") == 5);  // all but the end
  CHECK(again.epochs().size() == 2);
  again.rewind(15);
  CHECK(lines_of(path / "log.jsonl") == 3);
  CHECK(again.epochs() == std::vector<EpochResult>{epoch(1)});
  CHECK(lines_of(path / "metrics.csv") == 2);
  again.rewind(-1);
  CHECK(keel::read_file(path / "log.jsonl").empty());

  // A crash may cut the last line anywhere.
  for (std::size_t cut = 2; cut < 25; ++cut) {
    folder.write("run/log.jsonl", whole.substr(0, whole.size() - cut));
    again.rewind(20);
    CHECK(again.epochs().size() == 2);
    CHECK(keel::read_file(path / "log.jsonl").back() == '\n');
  }
}

TEST_CASE("run directory: a run that goes on removes what a killed one was writing") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  const auto leftover = folder.write("run/last.safetensors.4711-3.tmp", "half of a checkp");
  const auto whole = folder.write("run/last.safetensors", "a checkpoint");
  run.changed_settings({});  // looks only: the run may be going on in another process
  CHECK(std::filesystem::exists(leftover));
  run.rewind(0);
  CHECK_FALSE(std::filesystem::exists(leftover));
  CHECK(std::filesystem::exists(whole));
}

TEST_CASE("run directory: a damaged log is named with its line") {
  const TempFolder folder;
  RunDirectory run = RunDirectory::create(folder.path() / "run", {});
  const auto log_complaint = [&](const std::string& log) {
    folder.write("run/log.jsonl", log);
    return complaint([&] { run.rewind(5); }, keel::ErrorKind::kData);
  };
  const auto complains = [&](const std::string& log, const std::string& where_and_what) {
    CHECK_THAT(log_complaint(log),
               EndsWith("log.jsonl:" + where_and_what + "; without that line the log can be read"));
  };
  complains("{\"event\":\"start\"}\nnonsense\n{\"event\":\"end\"}\n", "2: not JSON at byte 2");
  complains("[1, 2]\n", "1: expected a JSON object, found [1,2]");
  complains("{}\n", "1: expected an event of a training log");
  complains(std::string(1'000'000, '[') + "\n{\"event\":\"end\"}\n",
            "1: more than 100 brackets within one another");
  complains("{\"event\":\"epoch\",\"step\":\"five\"}\n",
            "1: step: expected a whole number, found \"five\"");
  complains("{\"event\":\"epoch\",\"step\":18446744073709551615}\n",
            "1: step: expected a whole number, found 18446744073709551615");
  complains("{\"event\":\"epoch\",\"step\":1}\n",
            "1: epoch: expected a field \"epoch\", found none");
  complains("{\"event\":\"step\",\"step\":1,\"seconds\":[]}\n",
            "1: seconds: expected a number, found []");

  folder.write("run/log.jsonl", "{\"event\":7}\n");
  CHECK_THAT(complaint([&] { keel::read_run(run.path()); }, keel::ErrorKind::kData),
             ContainsSubstring("log.jsonl:1: event: expected a text, found 7"));
}

TEST_CASE("run directory: files are called after the set, or after the folder of images") {
  const auto label = [](const char* data) { return keel::data_label({.data = data}); };
  CHECK(label("digits") == "digits");
  for (const char* folder : {"pets", "pets/", "./pets", "my/pets", "/my/pets//", "pets/old/.."}) {
    CHECK(label(folder) == "pets");
  }
  const std::string here = std::filesystem::current_path().filename().string();
  CHECK(label(".") == here);
  CHECK(label("./") == here);
  CHECK(label("/") == "images");
}

TEST_CASE("run directory: a run without a name gets one that is free") {
  const keel::testing::TempFolder folder;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  keel::TrainConfig config;
  config.data = "photos/of pets/";
  config.seed = 4;
  CHECK(keel::default_run_path(config) == "runs/of pets-convnet-batch-seed4");
  config.data = "digits";
  CHECK(keel::default_run_path(config) == "runs/digits-convnet-batch-seed4");
  folder.write("runs/digits-convnet-batch-seed4/x", "");
  folder.write("runs/digits-convnet-batch-seed4-2/x", "");
  CHECK(keel::default_run_path(config) == "runs/digits-convnet-batch-seed4-3");
  std::filesystem::current_path(before);
}
