#include <memory>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"

namespace keel {
namespace {

void add_data_list(CLI::App& parent, Command& result) {
  CLI::App* app = parent.add_subcommand("list", "which sets there are, and where they lie");
  app->footer("Example:\n  keel data list --data-dir ~/data");
  const auto flags = std::make_shared<SettingFlags>(*app, only({"data-dir"}));
  app->callback(
      [flags, &result] { result = DataListCommand{.data_dir = flags->settings().data_dir}; });
}

void add_data_show(CLI::App& parent, Command& result) {
  CLI::App* app = parent.add_subcommand("show", "draw a sheet with images of every class");
  app->footer("Example:\n  keel data show shapes --augment standard --out shapes.png");
  const auto command = std::make_shared<DataShowCommand>();
  app->add_option("NAME", command->data, "a known set, or a folder of images")->required();
  add_flag_to(command->out, *app, "out", PngFile{}, "the PNG file to write")->required();
  add_flag_to(command->count, *app, "count", from_to(1, 1000), "images per class");
  add_flag_to(command->split, *app, "split", Name{{"train", "test"}}, "which half");
  add_flag_to(command->seed, *app, "seed", at_least(0),
              "chooses the images and what augmentation does to them; 0: the first images");
  const auto flags = std::make_shared<SettingFlags>(
      *app, only({"data-dir", "image-size", "skip-bad-images", "augment", "pad-mode"}));
  app->callback([command, flags, &result] {
    const TrainConfig config = flags->settings();
    command->data_dir = config.data_dir;
    command->augment = config.augment;
    command->pad_mode = config.pad_mode;
    command->image_size = config.image_size;
    command->skip_bad_images = config.skip_bad_images;
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
    command->data_dir = flags->settings().data_dir;
    result = *command;
  });
}

}  // namespace

void add_data(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("data", "list, show and get data sets");
  app->footer(
      "Examples:\n  keel data list\n  keel data show digits --out digits.png\n"
      "  keel data get cifar10");
  app->require_subcommand(0, 1);
  add_data_list(*app, result);
  add_data_show(*app, result);
  add_data_get(*app, result);
  app->callback([app, &result] {
    if (app->get_subcommands().empty()) result = PrintCommand{app->help("keel")};
  });
}

}  // namespace keel
