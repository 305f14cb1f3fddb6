#include <memory>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"

namespace keel {
namespace {

void add_checkpoint(CLI::App& app, std::string& checkpoint) {
  add_flag_to(checkpoint, app, "checkpoint", FreeText{"FILE"},
              "best.safetensors or last.safetensors of a run; it says what model it is of")
      ->required();
}

}  // namespace

void add_eval(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("eval", "evaluate a trained model on test images");
  app->footer(
      "Examples:\n"
      "  keel eval --checkpoint runs/a/best.safetensors\n"
      "  keel eval --checkpoint best.safetensors --recalibrate --save b.safetensors\n"
      "  keel eval --checkpoint runs/a/best.safetensors --data kmnist --out k.png");
  const auto command = std::make_shared<EvalCommand>();
  add_checkpoint(*app, command->checkpoint);
  add_flag_to(
      command->data, *app, "data", FreeText{"NAME|DIR"},
      "a known set, or a folder of images, split as for the training; empty: the set the model was "
      "trained on");
  const auto flags = std::make_shared<SettingFlags>(
      *app,
      only({"data-dir", "limit-train", "limit-test", "skip-bad-images", "threads", "precision"}));
  add_flag_to(command->batch_size, *app, "batch-size", at_least(1), "images per forward pass");
  add_flag_to(command->out, *app, "out", PngFile{}, "draw the confusion matrix into this PNG file");
  CLI::Option* recalibrate =
      app->add_flag("--recalibrate", command->recalibrate,
                    "first average the running statistics anew over the training images, in "
                    "batches of --batch-size");
  add_flag_to(command->save, *app, "save", FreeText{"FILE"},
              "write the checkpoint with the averaged statistics here")
      ->needs(recalibrate);
  app->add_flag("--json", command->json, "as JSON");
  app->callback([command, flags, &result] {
    command->config = flags->settings();
    result = *command;
  });
}

void add_fold(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("fold", "fold batch norm into the layers before it");
  app->footer(
      "Example:\n  keel fold --checkpoint runs/a/best.safetensors --out folded.safetensors");
  const auto command = std::make_shared<FoldCommand>();
  add_checkpoint(*app, command->checkpoint);
  add_flag_to(command->out, *app, "out", FreeText{"FILE"},
              "the checkpoint to write: the same logits, without normalisation")
      ->required();
  app->callback([command, &result] { result = *command; });
}

void add_predict(CLI::App& program, Command& result) {
  CLI::App* app = program.add_subcommand("predict", "tell what images show");
  app->footer(
      "Images may be of any size: they are resized to the model's, and made grey or\n"
      "coloured as it is. Colours are taken as they are; MNIST and its relatives are\n"
      "white on black, so a digit drawn on white paper needs --invert.\n"
      "\n"
      "Examples:\n"
      "  keel predict --checkpoint runs/a/best.safetensors cat.jpg dog.png\n"
      "  keel predict --checkpoint runs/mnist/best.safetensors --invert scan.png");
  const auto command = std::make_shared<PredictCommand>();
  add_checkpoint(*app, command->checkpoint);
  app->add_option("IMAGE", command->images, "JPEG, PNG, BMP, PGM or PPM files")->required();
  add_flag_to(command->top, *app, "top", at_least(1), "how many classes to tell of each image");
  app->add_flag("--invert", command->invert, "swap dark and light first");
  app->add_flag("--json", command->json, "as JSON");
  app->callback([command, &result] { result = *command; });
}

}  // namespace keel
