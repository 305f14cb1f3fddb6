// The program itself, killed and interrupted as a person or a machine would.

#include <chrono>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

#include <keel/core/file.h>
#include <keel/core/random.h>
#include <keel/data/png.h>
#include <keel/data/synthetic.h>

#include "apps/exit_code.h"
#include "tests/support/process.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/training_log.h"
#include "tests/support/wait.h"

namespace fs = std::filesystem;
using keel::testing::events_of;
using keel::testing::Process;
using keel::testing::TempFolder;
using keel::testing::wait_for;
using std::chrono::milliseconds;

namespace {

// A folder of images loads faster than a set that has to be drawn.
void write_images(const fs::path& folder, std::int64_t count) {
  const keel::Dataset digits = keel::make_digits(1, count, 0).train;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::string name =
        digits.classes.at(static_cast<std::size_t>(digits.labels.at(static_cast<std::size_t>(i))));
    fs::create_directories(folder / name);
    keel::write_png(folder / name / (std::to_string(i) + ".png"), {28, 28}, 1, digits.image(i));
  }
}

std::vector<std::string> line(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), {KEEL_PROGRAM, "train"});
  return arguments;
}

std::vector<std::string> new_run(const fs::path& images, const fs::path& run) {
  return line({"--data", images.string(), "--run", run.string(), "--model", "lenet5", "--epochs",
               "12", "--batch-size", "8", "--augment", "standard", "--dropout", "0.2",
               "--save-every", "3", "--log-every", "1"});
}

std::vector<std::string> resumed(const fs::path& run) {
  return line({"--resume", run.string()});
}

bool has_logged(const fs::path& run, const std::string& event) {
  return fs::exists(run / "log.jsonl") &&
         keel::read_file(run / "log.jsonl").find("\"event\":\"" + event) != std::string::npos;
}

void check_same_run(const fs::path& run, const fs::path& expected) {
  for (const char* name : {"last.safetensors", "best.safetensors"}) {
    CHECK((keel::read_file(run / name) == keel::read_file(expected / name)));
  }
  using keel::testing::metrics_without_times, keel::testing::without_times;
  CHECK(without_times(events_of(run)) == without_times(events_of(expected)));
  CHECK(metrics_without_times(run) == metrics_without_times(expected));
}

}  // namespace

TEST_CASE("program: a run killed again and again ends as one that was left alone") {
  const TempFolder folder;
  const fs::path images = folder.path() / "images", run = folder.path() / "run";
  write_images(images, 60);
  REQUIRE(Process(new_run(images, folder.path() / "expected")).wait() == keel::kExitDone);

  keel::Rng rng(1);
  int kills = 0;
  for (bool done = false; !done;) {
    Process process(fs::exists(run / "config.toml") ? resumed(run) : new_run(images, run));
    // Longer and longer, so that any machine gets there.
    std::this_thread::sleep_for(milliseconds(10 * kills) + milliseconds(rng.below(60)));
    process.signal(SIGKILL);
    const int code = process.wait();
    done = code == keel::kExitDone;
    if (!done) {
      REQUIRE(code == -SIGKILL);
      ++kills;
    }
  }
  INFO(kills << " kills");
  CHECK(kills > 0);
  check_same_run(run, folder.path() / "expected");
}

TEST_CASE("program: Ctrl-C and SIGTERM save, exit with 130 and can be resumed") {
  const TempFolder folder;
  const fs::path images = folder.path() / "images", run = folder.path() / "run";
  write_images(images, 60);
  REQUIRE(Process(new_run(images, folder.path() / "expected")).wait() == keel::kExitDone);

  Process first(new_run(images, run));
  wait_for([&] { return has_logged(run, "step"); });
  first.signal(SIGINT);
  CHECK(first.wait() == keel::kExitInterrupted);
  const auto end = events_of(run).back();
  CHECK(end.at("event") == "end");
  CHECK(end.at("outcome") == "interrupted");
  const int stopped_at = end.at("step");
  CHECK(stopped_at < 72);

  Process second(resumed(run));
  wait_for([&] { return events_of(run).back().at("step") > stopped_at; });
  second.signal(SIGTERM);
  CHECK(second.wait() == keel::kExitInterrupted);
  CHECK(Process(resumed(run)).wait() == keel::kExitDone);
  check_same_run(run, folder.path() / "expected");
}

TEST_CASE("program: an interrupt while the data is loaded ends with 130 and leaves nothing") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  for (const int number : {SIGINT, SIGTERM}) {
    // Drawing the whole set takes seconds.
    Process process(line({"--data", "shapes", "--run", run.string()}));
    wait_for([&] { return process.handles(number); });
    process.signal(number);
    CHECK(process.wait() == keel::kExitInterrupted);
    CHECK(fs::is_empty(folder.path()));
  }
}

TEST_CASE("program: a second Ctrl-C does not wait for the end of the step") {
  const TempFolder folder;
  const fs::path run = folder.path() / "run";
  Process process(
      line({"--data", "shapes", "--model", "vgg-small", "--batch-size", "500", "--limit-train",
            "500", "--limit-test", "10", "--epochs", "1", "--run", run.string()}));
  wait_for([&] { return has_logged(run, "start") && fs::exists(run / "last.safetensors"); });
  const std::string before = keel::read_file(run / "last.safetensors");
  wait_for([&] {
    process.signal(SIGINT);
    return !process.running();
  });
  CHECK(process.wait() == keel::kExitInterrupted);
  CHECK(!has_logged(run, "end"));
  CHECK((keel::read_file(run / "last.safetensors") == before));
}

TEST_CASE("program: a run that diverges exits with 4, a damaged checkpoint with 3") {
  const TempFolder folder;
  const fs::path images = folder.path() / "images", run = folder.path() / "run";
  write_images(images, 60);
  auto diverging = new_run(images, run);
  diverging.insert(diverging.end(), {"--lr", "1e30", "--norm", "none"});
  CHECK(Process(diverging).wait() == keel::kExitDiverged);
  CHECK(Process(diverging).wait() == keel::kExitUsage);  // the folder holds a run
  CHECK(has_logged(run, "diverged"));
  folder.write("run/last.safetensors", "half a fi");
  CHECK(Process(resumed(run)).wait() == keel::kExitData);
  CHECK(Process(resumed(folder.path() / "nowhere")).wait() == keel::kExitData);
}
