#include <memory>

#include "apps/comparison_plan.h"
#include "apps/config_fields.h"
#include "apps/flags.h"
#include "apps/shell.h"
#include "apps/subcommands.h"

namespace keel {
namespace {

// "--name A,B", each of them by the rule.
template <class T, class Rule>
void add_list_to(std::vector<T>& values, CLI::App& app, std::string_view name, const Rule& rule,
                 std::string_view help) {
  const FreeText list{"A,B,..."};
  add_flag(app, name, fmt::format("{}", fmt::join(values, ",")), list, help)
      ->group("Comparison")
      ->envname(environment_variable(name))
      ->each([&values, rule, where = fmt::format("--{}", name)](const std::string& text) {
        read_list(where, text, values, rule);
      });
}

}  // namespace

void add_compare(CLI::App& program, const std::vector<std::string>& arguments, Command& result) {
  CLI::App* app =
      program.add_subcommand("compare", "train with each normalisation and tell them apart");
  app->footer(
      "Without data named by flag, variable or file: a first look at the embedded\n"
      "digits that takes less than a minute, with --limit-train 2000 --limit-test 1000\n"
      "--epochs 4 --batch-size 16 --target-accuracy 0.8 --log-every 5.\n"
      "Runs that are finished are not run again: the same command goes on where it was\n"
      "stopped, and more values in the lists add runs.\n"
      "KEEL_NORMS, KEEL_LRS, KEEL_BATCH_SIZES and KEEL_SEEDS stand in for their flags.\n"
      "\n"
      "Examples:\n"
      "  keel compare\n"
      "  keel compare --data mnist --model lenet5 --norms none,batch --lrs 0.01,0.1\n"
      "  keel compare --data cifar10 --model vgg-small --batch-sizes 16,128 --seeds 5");
  const auto command = std::make_shared<CompareCommand>();
  const auto file = std::make_shared<std::string>();
  add_list_to(command->norms, *app, "norms", Name{keys_of(norm_table())}, "which normalisations");
  add_list_to(command->lrs, *app, "lrs", above(0), "which learning rates; empty: --lr alone");
  add_list_to(command->batch_sizes, *app, "batch-sizes", at_least(1),
              "which batch sizes; empty: --batch-size alone");
  add_flag_to(command->seeds, *app, "seeds", from_to(1, 1000),
              "how many runs of each variant: with --seed and the numbers after it")
      ->group("Comparison")
      ->envname(environment_variable("seeds"));
  const auto flags = std::make_shared<SettingFlags>(*app, all_but({"norm", "target-accuracy"}));
  const auto target = std::make_shared<double>(0);
  const CLI::Option* target_flag =
      add_flag_to(*target, *app, "target-accuracy", from_to(0, 1),
                  "tell when each run has this part of the test images right (0.99: 99 %), without "
                  "stopping there; 0: do not")
          ->group("Comparison")
          ->envname(environment_variable("target-accuracy"));
  add_flag_to(*file, *app, "config", FreeText{"FILE"},
              "read settings from a TOML file; environment and flags come before it")
      ->group("Output");
  add_flag_to(command->out, *app, "out", FreeText{"DIR"},
              "where runs, results and report go; empty: comparisons/<data>-<model>")
      ->group("Output");
  add_output_flags(*app, command->quiet, command->no_color, command->dry_run);
  app->callback([command, file, flags, target, target_flag, arguments, &result] {
    const TrainConfig unnamed_data{.data = ""};
    command->base = flags->settings(*file, unnamed_data);
    command->base =
        flags->settings(*file, command->base.data.empty() ? first_look() : TrainConfig{});
    if (target_flag->count() > 0) command->base.target_accuracy = *target;
    command->command_line = "keel " + shell_line(arguments);
    result = *command;
  });
}

}  // namespace keel
