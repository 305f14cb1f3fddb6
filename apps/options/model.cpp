#include <memory>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"

namespace keel {

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
      *app, only({"model", "depth", "layers", "norm", "groups", "weight-standardization",
                  "activation", "shortcut", "dropout", "dropout-place"}));
  app->callback([command, flags, &result] {
    command->config = flags->settings();
    result = *command;
  });
}

void add_norms(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("norms", "list the normalisations, or tell all of one");
  app->footer("Examples:\n  keel norms\n  keel norms group\n  keel norms group:4+ws --check");
  const auto command = std::make_shared<NormsCommand>();
  CLI::Option* name = app->add_option("NAME", command->name, "of a normalisation or modifier");
  CLI::Option* check =
      app->add_flag("--check", command->check,
                    "compare gradients with differences: of NAME, which may have options, or of "
                    "all; ends with code 1 where one is wrong");
  app->add_flag("--markdown", command->markdown, "all of them, as docs/normalisations.md")
      ->excludes(check)
      ->excludes(name);
  app->callback([command, &result] { result = *command; });
}

void add_bench(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("bench", "time whole training steps on random images");
  app->footer("Example:\n  keel bench --model resnet20 --norm batch --batch-size 128 --threads 2");
  const auto command = std::make_shared<BenchCommand>();
  add_flag_to(command->steps, *app, "steps", from_to(1, 1e6), "how many are timed");
  add_flag_to(command->image_size, *app, "image-size", from_to(0, 4096),
              "height and width of the images; 0: those that the model is made for");
  app->add_flag("--forward-only", command->forward_only, "evaluation instead of training");
  app->add_flag("--json", command->json, "as JSON");
  app->add_flag(
      "--on-request", command->on_request,
      "once for each line of standard input, as JSON on one line: to take turns with other "
      "programs");
  const auto flags = std::make_shared<SettingFlags>(
      *app,
      only({"model", "depth", "layers", "norm", "groups", "weight-standardization", "activation",
            "shortcut", "dropout", "dropout-place", "batch-size", "threads", "precision", "seed"}));
  app->callback([command, flags, &result] {
    command->config = flags->settings();
    result = *command;
  });
}

}  // namespace keel
