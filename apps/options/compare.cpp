#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include <keel/core/error.h>

#include "apps/compare/comparison_plan.h"
#include "apps/compare/experiment_file.h"
#include "apps/options/flags.h"
#include "apps/options/subcommands.h"
#include "apps/text/shell.h"

namespace keel {
namespace {

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(' '), text.size());
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

// "batch, group" is as good as "batch,group".
std::vector<std::string> elements_of(std::string_view list) {
  std::vector<std::string> elements;
  for (std::size_t begin = 0; begin <= list.size();) {
    const std::size_t end = std::min(list.find(',', begin), list.size());
    elements.emplace_back(trimmed(list.substr(begin, end - begin)));
    begin = end + 1;
  }
  return elements;
}

// What is compared: flags, and variables of the environment that stand in for them.
class ComparisonFlags {
 public:
  ComparisonFlags(CLI::App& app, CompareCommand& command) : app_(app), command_(command) {
    for (const AxisFlag& axis : kAxisFlags) add_axis(axis);
    any_axis_ =
        app.add_option("--axis", "which values of any other setting; may be given several times")
            ->type_name("SETTING=A,B,...")
            ->group("Comparison")
            ->expected(1)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    visit_comparison_fields(command, *this);
  }

  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view help) {
    CLI::Option* flag = add_flag(app_, name, value, rule, help)->group("Comparison");
    readers_.push_back([flag, name = std::string(name), &value, rule] {
      const auto text = given(*flag, name);
      if (!text) return;
      read_comparison_field(name, [&] { read_setting(text->source, text->text, value, rule); });
    });
  }

  // Sets what was given.
  void apply() {
    take_norm_of_environment();
    for (const auto& read : readers_) read();
    if (any_axis_->count() == 0) return;
    for (const std::string& text : any_axis_->as<std::vector<std::string>>()) {
      const std::size_t equals = std::min(text.find('='), text.size());
      const std::string setting = text.substr(0, equals);
      check(equals < text.size(), "--axis {}: expected SETTING=A,B,...", text);
      set_axis(command_.axes, make_axis("--axis " + setting, setting,
                                        elements_of(std::string_view(text).substr(equals + 1))));
      note_flag(setting, "--axis " + setting);
    }
  }

  // The flag that an axis is from; nothing for one of the environment or of the file.
  std::optional<std::string> flag_of(const std::string& setting) const {
    const auto found = axis_flags_.find(setting);
    return found == axis_flags_.end() ? std::nullopt : std::optional(found->second);
  }

 private:
  struct Given {
    std::string source, text;
  };

  // One norm takes the usual ones' place, as a file's `norm` does; a list comes before it.
  void take_norm_of_environment() {
    const auto norm = environment_text("norm");
    if (!norm) return;
    apply_setting(command_.base, "norm", *norm, environment_source("norm"));
    for (Axis& axis : command_.axes) {
      const bool usual = axis.setting == "norm" && axis.values == CompareCommand{}.axes[0].values;
      if (usual) axis.values = {command_.base.norm};
    }
  }

  static std::optional<Given> given(const CLI::Option& flag, const std::string& name) {
    if (flag.count() > 0) return Given{"--" + name, flag.as<std::string>()};
    const auto text = environment_text(name);
    return text ? std::optional<Given>({environment_source(name), *text}) : std::nullopt;
  }

  // "--name A,B,...", each of them as the setting's own flag takes it.
  void add_axis(const AxisFlag& axis) {
    std::string standard;
    for (const Axis& usual : command_.axes) {
      if (usual.setting == axis.setting) standard = fmt::format("{}", fmt::join(usual.values, ","));
    }
    CLI::Option* flag = add_flag(app_, axis.name, standard, FreeText{"A,B,..."}, axis.help);
    flag->group("Comparison");
    readers_.push_back([this, flag, axis] {
      const auto text = given(*flag, axis.name);
      if (!text) return;
      set_axis(command_.axes, make_axis(text->source, axis.setting, elements_of(text->text)));
      for (std::size_t i = 0; i < flag->count(); ++i) note_flag(axis.setting, text->source);
    });
  }

  void note_flag(const std::string& setting, const std::string& flag) {
    const auto [first, is_new] = axis_flags_.emplace(setting, flag);
    check(is_new, "{} and {} are lists of one setting, {}: give all of its values in one of them",
          first->second, flag, setting);
  }

  CLI::App& app_;
  CompareCommand& command_;
  CLI::Option* any_axis_ = nullptr;
  std::vector<std::function<void()>> readers_;
  std::map<std::string, std::string> axis_flags_;  // by setting
};

// What is contradictory though each part of it could be.
void check_variants(const CompareCommand& command) {
  for (const NamedVariant& variant : command.variants) {
    for (const auto& [setting, text] : variant.settings) {
      for (const Axis& axis : command.axes) {
        check(axis.setting != setting, "variant '{}' sets {}, which is an axis, too", variant.name,
              setting);
      }
    }
  }
}

// What was asked for and would have no effect.
void check_effects(const CompareCommand& command, const ComparisonFlags& compared,
                   const SettingFlags& flags) {
  const bool scales_rates = command.lr_rule != "constant";
  for (const Axis& axis : command.axes) {
    const bool counts = axis.setting == "batch-size" && scales_rates;
    check(counts || !flags.given(axis.setting),
          "--{} and {} set the same: leave out the one or the other", axis.setting,
          compared.flag_of(axis.setting)
              .value_or(fmt::format("the file's list of it, {},", fmt::join(axis.values, ", "))));
  }
  const std::vector<PlannedRun> plan = plan_runs(command);
  const auto any = [&plan](auto holds) { return std::any_of(plan.begin(), plan.end(), holds); };
  check(!flags.given("probe-every") ||
            any([](const PlannedRun& run) { return run.config.diagnostics; }),
        "{}", kProbesNeedDiagnostics);
  check(!scales_rates || any([&command](const PlannedRun& run) {
    return run.config.batch_size != command.base.batch_size;
  }),
        "--lr-rule {}: every run has the batch size of --batch-size, {}, so that no learning rate "
        "changes; give --batch-sizes, or leave the rule out",
        command.lr_rule, command.base.batch_size);
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
      "The file of --config has the same names: lrs = [0.1, 0.01], seeds = 5; a table\n"
      "[axes] for other settings; and tables [[variant]] of a name and the settings\n"
      "that change together under it. KEEL_NORMS, KEEL_SEEDS and so on stand in for\n"
      "their flags.\n"
      "\n"
      "Examples:\n"
      "  keel compare\n"
      "  keel compare --data mnist --model lenet5 --norms none,batch --lrs 0.01,0.1\n"
      "  keel compare --data cifar10 --model vgg-small --batch-sizes 16,128 --seeds 5\n"
      "  keel compare --norms batch --optims sgd,adamw --axis activation=relu,silu");
  const auto command = std::make_shared<CompareCommand>();
  const auto file = std::make_shared<std::string>();
  const auto compared = std::make_shared<ComparisonFlags>(*app, *command);
  const auto flags = std::make_shared<SettingFlags>(*app, all_but({"norm", "target-accuracy"}));
  (*compared)("target-accuracy", command->base.target_accuracy, from_to(0, 1),
              "tell when each run has this part of the test images right (0.99: 99 %), without "
              "stopping there; 0: do not");
  add_flag_to(*file, *app, "config", FreeText{"FILE"},
              "read settings from a TOML file; environment and flags come before it")
      ->group("Output");
  add_output_flags(*app, command->quiet, command->no_color, command->dry_run);
  app->callback([command, file, compared, flags, arguments, &result] {
    const CompareCommand standard = *command;
    const auto start_from = [&](const TrainConfig& base) {
      *command = standard;
      command->base = base;
      if (!file->empty()) apply_experiment_file(*command, *file);
    };
    start_from({.data = ""});
    const bool names_data = !flags->settings(command->base).data.empty();
    start_from(names_data ? TrainConfig{} : first_look());
    command->base = flags->settings(command->base);
    compared->apply();
    check_variants(*command);
    check_effects(*command, *compared, *flags);
    command->command_line = "keel " + shell_line(arguments);
    result = *command;
  });
}

}  // namespace keel
