#include "apps/eval.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include <fmt/ranges.h>

#include <keel/core/error.h>
#include <keel/data/known_sets.h>
#include <keel/data/png.h>

#include "apps/confusion_picture.h"
#include "apps/evaluation/recalibrate.h"
#include "apps/exit_code.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"
#include "apps/train/checkpoint.h"
#include "apps/train/environment.h"
#include "apps/train/load_data.h"

namespace keel {
namespace {

// What an evaluation says of one true class.
struct ClassFigures {
  std::int64_t images, correct;
  std::int64_t mistaken_for, mistakes;  // the most frequent wrong answer, and how often it came
  double accuracy() const { return static_cast<double>(correct) / static_cast<double>(images); }
};

ClassFigures figures_of(const Evaluation& evaluation, std::int64_t truth) {
  ClassFigures result{
      .images = 0, .correct = evaluation.at(truth, truth), .mistaken_for = truth, .mistakes = 0};
  for (std::int64_t predicted = 0; predicted < evaluation.classes; ++predicted) {
    const std::int64_t count = evaluation.at(truth, predicted);
    result.images += count;
    if (predicted != truth && count > result.mistakes) {
      result.mistaken_for = predicted;
      result.mistakes = count;
    }
  }
  return result;
}

std::string count_of(std::int64_t count) {
  return count_text(static_cast<double>(count));
}

std::string size_text(std::int64_t height, std::int64_t width, std::int64_t channels) {
  return fmt::format("{}x{}x{}", height, width, channels);
}

// A folder of images is read in the size and colours of the model, and split as it was to train it:
// another split would test on images that it has learnt. A known set has its own.
DatasetSplits images_for(const EvalCommand& command, const ModelSpec& spec) {
  const ImageShape& input = spec.options.input;
  TrainConfig config = command.config;
  config.data = command.data.empty() ? spec.dataset : command.data;
  config.binarize = spec.binarize;
  if (find_known_set(config.data) == nullptr) {
    check(!command.data.empty(), "--data is required: the model was trained on the folder \"{}\"",
          spec.dataset);
    config.image_size = input.height == input.width ? input.height : 0;
    config.colour = input.channels == 1 ? "grey" : "rgb";
    config.seed = spec.seed;
    config.test_fraction = spec.test_fraction;
  }
  std::vector<std::string> skipped;
  DatasetSplits data = load_data(config, &skipped);
  const Dataset& set = data.test;
  for (const std::string& reason : skipped) std::cerr << "skipped: " << reason << '\n';
  check_data(
      set.height == input.height && set.width == input.width && set.channels == input.channels,
      "{}: the model takes images of {}, those of {} are {}", command.checkpoint,
      size_text(input.height, input.width, input.channels), set.name,
      size_text(set.height, set.width, set.channels));
  check_data(set.classes == spec.classes,
             "{}: the model tells other classes apart ({}) than {} has ({})", command.checkpoint,
             fmt::join(spec.classes, ", "), set.name, fmt::join(set.classes, ", "));
  return data;
}

std::string averaged_text(std::int64_t batches, const EvalCommand& command) {
  if (batches == 0) return "";
  const std::string saved = command.save.empty() ? "" : fmt::format("; saved in {}", command.save);
  return fmt::format("running statistics averaged anew over {} {} of training images{}\n\n",
                     count_of(batches), batches == 1 ? "batch" : "batches", saved);
}

}  // namespace

std::string evaluation_text(const Evaluation& evaluation, const std::vector<std::string>& classes) {
  constexpr std::int64_t kMostColumns = 30;
  const bool matrix = evaluation.classes <= kMostColumns;
  std::vector<TableRow> rows{{matrix ? "true \\ predicted" : "class"}};
  if (matrix) rows[0].insert(rows[0].end(), classes.begin(), classes.end());
  rows[0].insert(rows[0].end(), {"images", "accuracy"});
  if (!matrix) rows[0].push_back("most often taken for");
  for (std::int64_t truth = 0; truth < evaluation.classes; ++truth) {
    const ClassFigures figures = figures_of(evaluation, truth);
    TableRow row{classes[static_cast<std::size_t>(truth)]};
    for (std::int64_t predicted = 0; matrix && predicted < evaluation.classes; ++predicted) {
      const std::int64_t count = evaluation.at(truth, predicted);
      row.push_back(count == 0 ? "." : count_of(count));
    }
    row.insert(row.end(), {count_of(figures.images), percent_text(figures.accuracy())});
    if (!matrix) {
      row.push_back(figures.mistakes == 0
                        ? "."
                        : fmt::format("{} ({})",
                                      classes[static_cast<std::size_t>(figures.mistaken_for)],
                                      count_of(figures.mistakes)));
    }
    rows.push_back(std::move(row));
  }
  return aligned(rows);
}

nlohmann::ordered_json evaluation_json(const Evaluation& evaluation,
                                       const std::vector<std::string>& classes) {
  auto per_class = nlohmann::ordered_json::array(), confusion = per_class;
  for (std::int64_t truth = 0; truth < evaluation.classes; ++truth) {
    const ClassFigures figures = figures_of(evaluation, truth);
    per_class.push_back(
        {{"class", classes[static_cast<std::size_t>(truth)]},
         {"images", figures.images},
         {"correct", figures.correct},
         {"accuracy", figures.images > 0 ? nlohmann::ordered_json(figures.accuracy())
                                         : nlohmann::ordered_json()}});
    const auto row = evaluation.confusion.begin() + truth * evaluation.classes;
    confusion.push_back(std::vector<std::int64_t>(row, row + evaluation.classes));
  }
  return {{"images", evaluation.count},
          {"loss", evaluation.loss},
          {"accuracy", evaluation.accuracy()},
          {"classes", std::move(per_class)},
          {"confusion", std::move(confusion)}};
}

int run_eval(const EvalCommand& command) {
  set_up_kernels(command.config);
  const Checkpoint checkpoint(command.checkpoint);
  check_is_not_checkpoint("--save", command.save, command.checkpoint);
  const ModelSpec& spec = checkpoint.spec();
  const ModulePtr model = checkpoint.model();
  const DatasetSplits data = images_for(command, spec);
  const Dataset& set = data.test;
  std::int64_t averaged_batches = 0;
  if (command.recalibrate) {
    averaged_batches = recalibrate(*model, data.train, spec.standardization,
                                   {.batch_size = command.batch_size, .seed = spec.seed});
    check(averaged_batches > 0,
          "{} has no running statistics to average, or keeps them: evaluate without --recalibrate",
          to_text(spec.options.norm));
    if (!command.save.empty()) save_model(command.save, spec, *model);
  }
  const Evaluation result = evaluate(*model, set, spec.standardization, command.batch_size);
  if (command.json) {
    nlohmann::ordered_json json = {{"checkpoint", command.checkpoint},
                                   {"model", spec.model},
                                   {"norm", to_text(spec.options.norm)},
                                   {"data", set.name}};
    if (command.recalibrate) json["recalibrated_batches"] = averaged_batches;
    json.update(evaluation_json(result, spec.classes));
    std::cout << json.dump(2) << '\n';
  } else {
    std::cout << fmt::format("{}, normalisation {}, on the test images of {}\n\n", spec.model,
                             to_text(spec.options.norm), set.name)
              << averaged_text(averaged_batches, command)
              << fmt::format("loss      {:.4f}\naccuracy  {} ({} of {} images)\n\n", result.loss,
                             percent_text(result.accuracy()), count_of(result.correct),
                             count_of(result.count))
              << evaluation_text(result, spec.classes);
  }
  if (command.out.empty()) return kExitDone;

  // Last, so that a picture that cannot be written costs no figure.
  const Image picture = confusion_picture(result, spec.classes, set.name);
  write_png(command.out, picture.size, picture.channels, picture.pixels);
  if (!command.json) std::cout << fmt::format("\nwrote {}\n", command.out);
  return kExitDone;
}

}  // namespace keel
