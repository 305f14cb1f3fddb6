#include "apps/comparison_console.h"

#include <algorithm>
#include <iostream>

#include <fmt/format.h>

#include "apps/number_text.h"
#include "apps/sparkline.h"

namespace keel {
namespace {

// One cell per run, padded to the same width.
template <class Text>
void add_column(std::vector<std::string>& labels, const std::vector<PlannedRun>& plan,
                const std::string& name, Text&& text) {
  std::size_t width = 0;
  for (const PlannedRun& run : plan) width = std::max(width, text(run).size());
  for (std::size_t i = 0; i < plan.size(); ++i) {
    labels[i] += fmt::format("  {}{:<{}}", name, text(plan[i]), width);
  }
}

template <class Text>
bool differs(const std::vector<PlannedRun>& plan, Text&& text) {
  return std::any_of(plan.begin(), plan.end(),
                     [&](const PlannedRun& run) { return text(run) != text(plan.front()); });
}

// What all runs share is not told, except for the normalisation.
std::vector<std::string> labels_of(const std::vector<PlannedRun>& plan,
                                   const std::vector<std::string>& axes) {
  const std::size_t digits = fmt::formatted_size("{}", plan.size());
  std::vector<std::string> labels;
  for (std::size_t i = 1; i <= plan.size(); ++i) {
    labels.push_back(fmt::format("[{:>{}}/{}]", i, digits, plan.size()));
  }
  for (const std::string& axis : axes) {
    const auto text = [&axis](const PlannedRun& run) { return run.settings.at(axis); };
    const bool named = axis != "norm" && axis != "variant";
    if (!named || differs(plan, text)) {
      add_column(labels, plan, named ? axis_word(axis) + " " : "", text);
    }
  }
  const auto seed = [](const PlannedRun& run) { return fmt::to_string(run.config.seed); };
  if (differs(plan, seed)) add_column(labels, plan, "seed ", seed);
  return labels;
}

std::vector<double> test_accuracies(const Run& run) {
  std::vector<double> accuracies;
  for (const EpochResult& epoch : run.epochs) accuracies.push_back(epoch.test_accuracy);
  return accuracies;
}

}  // namespace

ComparisonConsole::ComparisonConsole(const std::vector<PlannedRun>& plan,
                                     const std::vector<std::string>& axes, const Terminal& terminal,
                                     bool quiet)
    : terminal_(terminal), status_(std::cerr, terminal, quiet), labels_(labels_of(plan, axes)) {
  for (const PlannedRun& run : plan) epochs_.push_back(run.config.epochs);
}

void ComparisonConsole::begin(std::size_t index, const Run& run) {
  current_ = index;
  accuracies_ = test_accuracies(run);
}

void ComparisonConsole::on_step(const StepReport& r) {
  if (!status_.due()) return;
  const double seen = static_cast<double>(r.progress.seen);
  status_.show(fmt::format("{}  epoch {}/{}  loss {:.3f}  accuracy {}  {} images/s{}",
                           labels_[current_], r.progress.epoch + 1, epochs_[current_],
                           r.progress.loss_sum / seen,
                           percent_text(static_cast<double>(r.progress.correct) / seen),
                           count_text(r.images_per_second), curve()));
}

void ComparisonConsole::on_epoch(const EpochReport& report) {
  accuracies_.push_back(report.result.test_accuracy);
}

void ComparisonConsole::show(const std::vector<std::pair<std::size_t, Run>>& running) {
  std::string text;
  for (const auto& [index, run] : running) {
    text += fmt::format("{}{}  epoch {}/{}", text.empty() ? "" : "   ", labels_[index],
                        run.epochs.size() + 1, epochs_[index]);
  }
  status_.show(text);
}

void ComparisonConsole::end(std::size_t index, const Run& run, const std::string& note) {
  const EpochResult last = run.epochs.empty() ? EpochResult{} : run.epochs.back();
  accuracies_ = test_accuracies(run);
  std::string result = fmt::format(
      "test accuracy {:>7}  loss {:.3f}  {} images/s  {}{}", percent_text(last.test_accuracy),
      last.test_loss, count_text(last.images_per_second), duration_text(last.seconds), curve());
  if (run.diverged) {
    result =
        styled(fmt::format("diverged at step {} in {}", run.diverged->step, run.diverged->layer),
               Style::kRed, terminal_);
  }
  status_.print(fmt::format("{}  {}{}{}", labels_[index], result, note.empty() ? "" : "  ", note));
}

void ComparisonConsole::say(const std::string& line) {
  status_.print(line);
}

std::string ComparisonConsole::curve() const {
  if (accuracies_.empty() || !has_unicode_locale()) return "";
  return "  " + sparkline(accuracies_);
}

}  // namespace keel
