#include "apps/compare/comparison_plan.h"

#include <string>
#include <vector>

#include "tests/support/test.h"

using keel::CompareCommand;

TEST_CASE("comparison plan: the grid has every combination, the seed changes last") {
  CompareCommand command;
  command.base.seed = 5;
  command.base.target_accuracy = 0.9;
  command.axes = {
      {"norm", {"none", "batch"}}, {"lr", {"0.1", "0.01"}}, {"batch-size", {"16", "128"}}};
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
  command.axes = {};
  command.seeds = 1;
  const auto plan = keel::plan_runs(command);
  REQUIRE(plan.size() == 1);
  CHECK(plan[0].id == "group-lr0.3-batch64-seed1");
}

TEST_CASE("comparison plan: further axes are told by the id where they are not the default") {
  CompareCommand command;
  command.axes = {{"norm", {"batch"}}, {"init-scale", {"1", "10"}}, {"activation", {"silu"}}};
  command.seeds = 1;
  const auto plan = keel::plan_runs(command);
  CHECK(keel::axis_names(command) ==
        std::vector<std::string>{"norm", "lr", "batch-size", "init-scale", "activation"});
  REQUIRE(plan.size() == 2);
  CHECK(plan[0].id == "batch-lr0.05-batch64-activation-silu-seed1");
  CHECK(plan[1].id == "batch-lr0.05-batch64-activation-silu-init-scale-10-seed1");
  CHECK(plan[1].config.init_scale == 10);
  CHECK(plan[1].settings.at("init-scale") == "10");
}

TEST_CASE("comparison plan: the learning rate follows the batch size by the rule") {
  CompareCommand command;
  command.axes = {{"norm", {"batch"}}, {"lr", {"0.1"}}, {"batch-size", {"64", "256"}}};
  command.seeds = 1;
  const auto rates = [&command](const char* rule) {
    command.lr_rule = rule;
    const auto plan = keel::plan_runs(command);
    CHECK(plan[1].settings.at("lr") == "0.1");
    return std::vector<double>{plan[0].config.lr, plan[1].config.lr};
  };
  CHECK(rates("constant") == std::vector<double>{0.1, 0.1});
  CHECK(!keel::lr_note(command));
  CHECK(rates("linear") == std::vector<double>{0.1, 0.4});
  CHECK(*keel::lr_note(command) ==
        "learning rates are those at a batch size of 64 and grow with the batch size");
  CHECK(rates("sqrt") == std::vector<double>{0.1, 0.2});
  CHECK(*keel::lr_note(command) ==
        "learning rates are those at a batch size of 64 and grow with its square root");
}

TEST_CASE("comparison plan: named variants are the first axis") {
  CompareCommand command;
  command.axes = {{"batch-size", {"32"}}};
  command.variants = {{"plain", {{"norm", "none"}}}, {"fast", {{"lr", "0.5"}, {"norm", "batch"}}}};
  command.seeds = 2;
  const auto plan = keel::plan_runs(command);
  CHECK(keel::axis_names(command) == std::vector<std::string>{"variant", "batch-size"});
  REQUIRE(plan.size() == 4);
  CHECK(plan[1].settings.at("variant") == "fast");
  CHECK((plan[1].config.lr == 0.5 && plan[1].config.norm == "batch"));
  CHECK(plan[3].id == "batch-lr0.5-batch32-seed2");
}

TEST_CASE("comparison plan: an axis has its values in their shortest spelling, each once") {
  CHECK(keel::make_axis("--lrs", "lr", {"0.10", "1e-3"}).values ==
        std::vector<std::string>{"0.1", "0.001"});
  CHECK_THROWS_WITH(keel::make_axis("--lrs", "lr", {"0.1", "0.10"}), "--lrs: 0.10 is there twice");
}

TEST_CASE("comparison plan: a value is spelt as its axis spells it") {
  CHECK(keel::axis_value("lr", "0.10") == "0.1");
  CHECK(keel::axis_value("lr", "fast") == "fast");
  CHECK(keel::axis_value("variant", "plain") == "plain");
}

TEST_CASE("comparison plan: two runs that would share a folder are refused") {
  CompareCommand command;
  command.axes = {};
  command.variants = {{"a", {{"lr", "0.5"}}}, {"b", {{"lr", "0.50"}}}};
  CHECK_THROWS_WITH(
      keel::plan_runs(command),
      "two of the runs are the same, batch-lr0.5-batch64-seed1: give each [[variant]] "
      "settings of its own");
}

TEST_CASE("comparison plan: models and epochs are told as the runs have them") {
  CompareCommand command;
  command.seeds = 1;
  command.axes = {{"norm", {"batch"}}, {"model", {"mlp"}}};
  CHECK(keel::model_text(keel::plan_runs(command)) == "mlp");
  CHECK(keel::epochs_text(keel::plan_runs(command)) == "5 epochs");
  command.axes = {{"model", {"mlp", "lenet5"}}, {"epochs", {"3", "1", "2"}}};
  CHECK(keel::model_text(keel::plan_runs(command)) == "2 models");
  CHECK(keel::epochs_text(keel::plan_runs(command)) == "1 to 3 epochs");
}

TEST_CASE("comparison plan: a data set is no axis") {
  CHECK_THROWS_WITH(keel::make_axis("--axis data", "data", {"digits", "shapes"}),
                    ContainsSubstring("--axis data: a comparison is of one data set"));
}
