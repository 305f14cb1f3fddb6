#include <functional>
#include <memory>
#include <optional>

#include "apps/comparison_plan.h"
#include "apps/config_fields.h"
#include "apps/flags.h"
#include "apps/shell.h"
#include "apps/subcommands.h"

namespace keel {
namespace {

// What is compared: flags, and variables of the environment that stand in for them.
class ComparisonFlags {
 public:
  explicit ComparisonFlags(CLI::App& app) : app_(app) {}

  template <class T, class Rule>
  void add(T& value, std::string_view name, const Rule& rule, std::string_view help) {
    CLI::Option* flag = add_flag(app_, name, value, rule, help)->group("Comparison");
    readers_.push_back([flag, name = std::string(name), &value, rule] {
      if (const auto text = given(*flag, name)) read_setting(text->source, text->text, value, rule);
    });
  }

  // "--name A,B,...", each of them by the rule.
  template <class T, class Rule>
  void add_list(std::vector<T>& values, std::string_view name, const Rule& rule,
                std::string_view help) {
    const FreeText list{"A,B,..."};
    CLI::Option* flag = add_flag(app_, name, fmt::format("{}", fmt::join(values, ",")), list, help)
                            ->group("Comparison");
    readers_.push_back([flag, name = std::string(name), &values, rule] {
      if (const auto text = given(*flag, name)) read_list(text->source, text->text, values, rule);
    });
  }

  // Sets what was given.
  void apply() const {
    for (const auto& read : readers_) read();
  }

 private:
  struct Given {
    std::string source, text;
  };

  static std::optional<Given> given(const CLI::Option& flag, const std::string& name) {
    if (flag.count() > 0) return Given{"--" + name, flag.as<std::string>()};
    const auto text = environment_text(name);
    return text ? std::optional<Given>({environment_source(name), *text}) : std::nullopt;
  }

  CLI::App& app_;
  std::vector<std::function<void()>> readers_;
};

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
  const auto compared = std::make_shared<ComparisonFlags>(*app);
  compared->add_list(command->norms, "norms", NormName{},
                     "which normalisations, each as for keel train --norm; keel norms tells all");
  compared->add_list(command->lrs, "lrs", above(0), "which learning rates; empty: --lr alone");
  compared->add_list(command->batch_sizes, "batch-sizes", at_least(1),
                     "which batch sizes; empty: --batch-size alone");
  compared->add(command->seeds, "seeds", from_to(1, 1000),
                "how many runs of each variant: with --seed and the numbers after it");
  const auto flags = std::make_shared<SettingFlags>(*app, all_but({"norm", "target-accuracy"}));
  compared->add(command->base.target_accuracy, "target-accuracy", from_to(0, 1),
                "tell when each run has this part of the test images right (0.99: 99 %), without "
                "stopping there; 0: do not");
  add_flag_to(*file, *app, "config", FreeText{"FILE"},
              "read settings from a TOML file; environment and flags come before it")
      ->group("Output");
  add_flag_to(command->out, *app, "out", FreeText{"DIR"},
              "where runs, results and report go; empty: comparisons/<data>-<model>")
      ->group("Output");
  add_output_flags(*app, command->quiet, command->no_color, command->dry_run);
  app->callback([command, file, compared, flags, arguments, &result] {
    const TrainConfig unnamed_data{.data = ""};
    command->base = flags->settings(*file, unnamed_data);
    command->base =
        flags->settings(*file, command->base.data.empty() ? first_look() : TrainConfig{});
    compared->apply();
    command->command_line = "keel " + shell_line(arguments);
    result = *command;
  });
}

}  // namespace keel
