#include "apps/options.h"

#include <algorithm>
#include <memory>

#include "apps/config_file.h"
#include "apps/environment.h"
#include "apps/flags.h"
#include "apps/run_directory.h"

namespace keel {
namespace {

// Each add_ function makes a subcommand that leaves what is to be done in `result`.

// Which of the settings of a run a subcommand has flags for.
SettingFilter only(std::vector<std::string_view> names) {
  return [names = std::move(names)](std::string_view name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
}

// Defaults < file, if there is one < environment < flags.
TrainConfig settings(const SettingFlags& flags, const std::string& file = "") {
  TrainConfig config;
  if (!file.empty()) apply_config_file(config, file);
  apply_environment(config, [&flags](std::string_view name) { return flags.has(name); });
  flags.apply(config);
  return config;
}

// The settings of an earlier run < flags: the environment may have changed since.
TrainConfig settings_of_run(const SettingFlags& flags, const std::string& run) {
  TrainConfig config = RunDirectory::open(run).config();
  flags.apply(config);
  return config;
}

void add_output_flags(CLI::App& app, bool& quiet, bool& no_color, bool& dry_run) {
  const auto add = [&app](const char* name, bool& value, const char* help) {
    app.add_flag(name, value, help)->group("Output");
  };
  add("--quiet", quiet, "show errors alone");
  add("--no-color", no_color, "as with the environment variable NO_COLOR");
  add("--dry-run", dry_run, "check and say what would be done, and do nothing");
}

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
  const auto flags = std::make_shared<SettingFlags>(*app, [](std::string_view) { return true; });
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
    command->config = command->resume.empty() ? settings(*flags, *file)
                                              : settings_of_run(*flags, command->resume);
    result = *command;
  });
}

void add_summary(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("summary", "list a model's layers and what they cost");
  app->footer("Example:\n  keel summary --model resnet20 --norm group --input 32x32x3");
  const auto command = std::make_shared<SummaryCommand>();
  app->add_option("--input")
      ->each([command](const std::string& text) {
        command->input = read_image_shape("--input", text);
      })
      ->type_name("HxWxC")
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeLast)
      ->description("height, width and channels of the images [28x28x1]");
  add_flag_to(command->classes, *app, "classes", from_to(1, 1e6), "how many the model tells apart");
  app->add_flag("--json", command->json, "as JSON");
  const auto flags = std::make_shared<SettingFlags>(
      *app, only({"model", "norm", "groups", "weight-standardization", "activation", "shortcut",
                  "dropout"}));
  app->callback([command, flags, &result] {
    command->config = settings(*flags);
    result = *command;
  });
}

void add_data_list(CLI::App& parent, Command& result) {
  CLI::App* app = parent.add_subcommand("list", "which sets there are, and where they lie");
  const auto flags = std::make_shared<SettingFlags>(*app, only({"data-dir"}));
  app->callback(
      [flags, &result] { result = DataListCommand{.data_dir = settings(*flags).data_dir}; });
}

void add_data_show(CLI::App& parent, Command& result) {
  CLI::App* app = parent.add_subcommand("show", "draw a sheet with images of every class");
  app->footer("Example:\n  keel data show shapes --augment standard --out shapes.png");
  const auto command = std::make_shared<DataShowCommand>();
  app->add_option("NAME", command->data, "a known set, or a folder of images")->required();
  add_flag_to(command->out, *app, "out", FreeText{"FILE"}, "the PNG file to write")->required();
  add_flag_to(command->count, *app, "count", from_to(1, 1000), "images per class");
  add_flag_to(command->split, *app, "split", Name{{"train", "test"}}, "which half");
  add_flag_to(command->seed, *app, "seed", at_least(0),
              "chooses the images and what augmentation does to them; 0: the first images");
  const auto flags =
      std::make_shared<SettingFlags>(*app, only({"data-dir", "image-size", "augment"}));
  app->callback([command, flags, &result] {
    const TrainConfig config = settings(*flags);
    command->data_dir = config.data_dir;
    command->augment = config.augment;
    command->image_size = config.image_size;
    result = *command;
  });
}

void add_data_get(CLI::App& parent, Command& result) {
  CLI::App* app = parent.add_subcommand("get", "download a published set");
  app->footer("Example:\n  keel data get cifar10 --data-dir ~/data");
  const auto command = std::make_shared<DataGetCommand>();
  app->add_option("NAME", command->data, "a set of keel data list")->required();
  app->add_flag("--quiet", command->quiet, "show no progress");
  const auto flags = std::make_shared<SettingFlags>(*app, only({"data-dir"}));
  app->callback([command, flags, &result] {
    command->data_dir = settings(*flags).data_dir;
    result = *command;
  });
}

void add_data(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("data", "list, show and get data sets");
  app->require_subcommand(0, 1);
  add_data_list(*app, result);
  add_data_show(*app, result);
  add_data_get(*app, result);
  app->callback([app, &result] {
    if (app->get_subcommands().empty()) result = PrintCommand{app->help("keel")};
  });
}

}  // namespace

Command parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App program("Trains image classifiers and compares their normalisations.", "keel");
  program.formatter(std::make_shared<HelpFormatter>());
  program.require_subcommand(0, 1);
  program.set_help_flag("-h,--help", "print this help");
  bool version = false;
  program.add_flag("--version", version, "print version, build type, ISA, BLAS core and threads");
  Command result;
  add_train(program, result);
  add_summary(program, result);
  add_data(program, result);
  // Given last, for subcommands inherit it.
  program.footer(
      "Examples:\n"
      "  keel train --data digits --model lenet5 --norm group\n"
      "  keel data show digits --out digits.png\n"
      "\n"
      "More with keel SUBCOMMAND --help. Each setting of a run comes from its flag\n"
      "(--batch-size), else from the environment (KEEL_BATCH_SIZE; KEEL_DATASET for\n"
      "--data, KEEL_DATA for --data-dir), else from the file that --config names.");
  try {
    program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return PrintCommand{program.help()};
  } catch (const CLI::ParseError& error) {
    report(program, error);
  }
  if (version) return PrintCommand{version_text() + "\n"};
  if (program.get_subcommands().empty()) return PrintCommand{program.help()};
  return result;
}

}  // namespace keel
