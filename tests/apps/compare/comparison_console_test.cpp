#include "apps/compare/comparison_console.h"

#include "tests/support/captured_output.h"
#include "tests/support/environment.h"
#include "tests/support/test.h"

using namespace keel;
using keel::testing::CapturedOutput;
using keel::testing::Environment;

namespace {

CompareCommand two_norms() {
  CompareCommand command;
  command.axes = {{"norm", {"none", "batch"}}};
  command.seeds = 1;
  command.base.epochs = 4;
  return command;
}

EpochResult epoch(std::int64_t number, double test_accuracy) {
  return {.epoch = number,
          .step = 10 * number,
          .train_loss = 0.5,
          .train_accuracy = 0.8,
          .test_loss = 0.7,
          .test_accuracy = test_accuracy,
          .seconds = 2,
          .images_per_second = 4321};
}

// In its third epoch, of which two steps were logged.
Run running() {
  Run run;
  run.epochs = {epoch(1, 0), epoch(2, 1)};
  run.steps = {{.step = 20, .loss = 9, .accuracy = 0},
               {.step = 22, .loss = 0.25, .accuracy = 0.5},
               {.step = 24, .loss = 0.75, .accuracy = 1}};
  return run;
}

struct Shown {
  explicit Shown(const Terminal& terminal, const CompareCommand& command = two_norms())
      : plan(plan_runs(command)), console(plan, axis_names(command), terminal, false) {}
  const CapturedOutput output{};
  std::vector<PlannedRun> plan;
  ComparisonConsole console;
};

const Terminal kScreen{.interactive = true, .width = 80};

}  // namespace

TEST_CASE(
    "comparison console: on a terminal each run that trains has a row with its curve so far") {
  const Environment unicode("LC_ALL", "C.UTF-8");
  Shown shown(kScreen);
  shown.console.show({{0, running()}, {1, Run{}}});
  CHECK(shown.output.err() ==
        "[1/2]  none   epoch 3/4  ▁█    loss 0.500  75.00 %  4,321 img/s\n"
        "[2/2]  batch  epoch 1/4      ");
  CHECK(shown.output.out().empty());
}

TEST_CASE("comparison console: before a step of the epoch is logged its row has the last epoch's") {
  const Environment unicode("LC_ALL", "C.UTF-8");
  Shown shown(kScreen);
  Run run = running();
  run.steps.clear();
  shown.console.show({{0, run}});
  CHECK(shown.output.err() == "[1/2]  none   epoch 3/4  ▁█    loss 0.500  80.00 %  4,321 img/s");
}

TEST_CASE("comparison console: evaluations between epochs are in the curve") {
  const Environment unicode("LC_ALL", "C.UTF-8");
  CompareCommand command = two_norms();
  command.base.eval_every = 5;
  Shown shown(kScreen, command);
  Run run;
  run.epochs = {epoch(1, 1)};
  run.evaluations = {{.step = 5, .test_accuracy = 0.5}, {.step = 15, .test_accuracy = 0}};
  shown.console.show({{0, run}});
  CHECK_THAT(shown.output.err(), ContainsSubstring("epoch 2/4  ▅█▁               loss"));
}

TEST_CASE("comparison console: one run after the other has the same row") {
  const Environment unicode("LC_ALL", "C.UTF-8");
  Shown shown(kScreen);
  shown.console.begin(0, Run{});
  shown.console.on_evaluation({.step = 3, .test_accuracy = 0});
  const EpochResult result = epoch(1, 1);
  shown.console.on_epoch({.result = result, .wait_share = 0, .best = true});
  const Progress progress{.epoch = 1, .step = 11, .loss_sum = 4, .correct = 6, .seen = 8};
  shown.console.on_step({.progress = progress,
                         .batches_per_epoch = 10,
                         .loss = 9,
                         .accuracy = 0,
                         .lr = 1,
                         .images_per_second = 4321});
  CHECK(shown.output.err() == "[1/2]  none   epoch 2/4  ▁█    loss 0.500  75.00 %  4,321 img/s");
}

TEST_CASE("comparison console: without a terminal the runs that train share a plain line") {
  Shown shown(Terminal{});
  shown.console.show({{0, running()}, {1, Run{}}});
  shown.console.show({{0, running()}});  // too soon
  CHECK(shown.output.err() == "[1/2]  none   epoch 3/4   [2/2]  batch  epoch 1/4\n");
}

TEST_CASE("comparison console: no curve where text is ASCII") {
  const Environment ascii("LC_ALL", "C");
  Shown shown(kScreen);
  shown.console.show({{0, running()}});
  CHECK(shown.output.err() == "[1/2]  none   epoch 3/4  loss 0.500  75.00 %  4,321 img/s");
}
