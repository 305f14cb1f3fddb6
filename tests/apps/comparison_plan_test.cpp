#include "apps/comparison_plan.h"

#include <string>
#include <vector>

#include "tests/support/test.h"

using keel::CompareCommand;

TEST_CASE("comparison plan: the grid has every combination, the seed changes last") {
  CompareCommand command;
  command.base.seed = 5;
  command.base.target_accuracy = 0.9;
  command.norms = {"none", "batch"};
  command.lrs = {0.1, 0.01};
  command.batch_sizes = {16, 128};
  command.seeds = 2;
  const auto plan = keel::plan_runs(command);
  REQUIRE(plan.size() == 16);
  CHECK(plan[0].id == "none-lr0.1-batch16-seed5");
  CHECK(plan[1].id == "none-lr0.1-batch128-seed5");
  CHECK(plan[2].id == "none-lr0.01-batch16-seed5");
  CHECK(plan[4].id == "batch-lr0.1-batch16-seed5");
  CHECK(plan[15].id == "batch-lr0.01-batch128-seed6");
  const keel::TrainConfig& last = plan[15].config;
  CHECK((last.norm == "batch" && last.lr == 0.01 && last.batch_size == 128 && last.seed == 6));
  CHECK(last.target_accuracy == 0);
}

TEST_CASE("comparison plan: an axis without values has that of the base") {
  CompareCommand command;
  command.base.norm = "group";
  command.base.lr = 0.3;
  command.norms = {};
  command.seeds = 1;
  const auto plan = keel::plan_runs(command);
  REQUIRE(plan.size() == 1);
  CHECK(plan[0].id == "group-lr0.3-batch64-seed1");
}
