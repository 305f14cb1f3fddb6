#include <memory>

#include <keel/core/error.h>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"
#include "apps/train/run_directory.h"

namespace keel {
namespace {

// The settings of an earlier run < flags: the environment may have changed since.
TrainConfig settings_of_run(const SettingFlags& flags, const std::string& run) {
  TrainConfig config = RunDirectory::open(run).config();
  flags.apply(config);
  return config;
}

}  // namespace

void add_train(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("train", "train a model");
  app->footer(
      "Examples:\n"
      "  keel train\n"
      "  keel train --data mnist --model lenet5 --norm batch --epochs 5\n"
      "  keel train --data cifar10 --model resnet20 --augment standard --threads 2\n"
      "  keel train --data ~/pictures --image-size 64 --run runs/pictures\n"
      "  keel train --resume runs/pictures");
  const auto command = std::make_shared<TrainCommand>();
  const auto file = std::make_shared<std::string>();
  const auto flags = std::make_shared<SettingFlags>(*app, all_but({}));
  CLI::Option* config =
      add_flag_to(*file, *app, "config", FreeText{"FILE"},
                  "read settings from a TOML file; environment and flags come before it");
  CLI::Option* run = add_flag_to(command->run, *app, "run", FreeText{"DIR"},
                                 "where the run's files go; empty: runs/<data>-<model>-...");
  CLI::Option* resume = add_flag_to(
      command->resume, *app, "resume", FreeText{"DIR"},
      "go on with the run of that folder, with its settings, to the same end bit for bit");
  resume->excludes(config)->excludes(run);
  for (CLI::Option* option : {config, run, resume}) option->group("Output");
  add_output_flags(*app, command->quiet, command->no_color, command->dry_run);
  app->callback([command, file, flags, &result] {
    command->config =
        command->resume.empty() ? flags->settings(*file) : settings_of_run(*flags, command->resume);
    // With --no-diagnostics it is no oversight: keel compare gives its processes every setting.
    check(
        command->config.diagnostics || flags->given("diagnostics") || !flags->given("probe-every"),
        "{}", kProbesNeedDiagnostics);
    result = *command;
  });
}

}  // namespace keel
