#include "apps/compare/comparison_console.h"

#include <algorithm>
#include <cmath>
#include <iostream>

#include <fmt/format.h>

#include "apps/results/test_curve.h"
#include "apps/text/display_width.h"
#include "apps/text/number_text.h"
#include "apps/text/sparkline.h"

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

// In the order of the steps.
std::vector<double> test_accuracies(const Run& run) {
  std::vector<double> accuracies;
  for (const TestPoint& point : test_curve(run)) accuracies.push_back(point.accuracy);
  return accuracies;
}

}  // namespace

ComparisonConsole::ComparisonConsole(const std::vector<PlannedRun>& plan,
                                     const std::vector<std::string>& axes, const Terminal& terminal,
                                     bool quiet)
    : terminal_(terminal), status_(std::cerr, terminal, quiet), labels_(labels_of(plan, axes)) {
  for (const PlannedRun& run : plan) {
    epochs_.push_back(run.config.epochs);
    const auto curve = static_cast<std::size_t>(run.config.epochs);
    curve_widths_.push_back(run.config.eval_every > 0 ? kSparklineBars
                                                      : std::min(curve, kSparklineBars));
  }
}

void ComparisonConsole::begin(std::size_t index, const Run& run) {
  current_ = index;
  accuracies_ = test_accuracies(run);
}

void ComparisonConsole::on_step(const StepReport& r) {
  if (!status_.due()) return;
  const double seen = static_cast<double>(r.progress.seen);
  const Live now{.epoch = r.progress.epoch + 1,
                 .loss = r.progress.loss_sum / seen,
                 .accuracy = static_cast<double>(r.progress.correct) / seen,
                 .images_per_second = r.images_per_second};
  status_.show(row(current_, now, accuracies_));
}

void ComparisonConsole::on_evaluation(const EvaluationResult& result) {
  accuracies_.push_back(result.test_accuracy);
}

void ComparisonConsole::on_epoch(const EpochReport& report) {
  accuracies_.push_back(report.result.test_accuracy);
}

// Loss and accuracy are means of the steps that were logged in this epoch, the speed is that of the
// last one.
ComparisonConsole::Live ComparisonConsole::live(const Run& run) {
  Live now;
  std::int64_t first = 0;
  if (!run.epochs.empty()) {
    const EpochResult& last = run.epochs.back();
    now = {last.epoch + 1, last.train_loss, last.train_accuracy, last.images_per_second};
    first = last.step;
  }
  double loss = 0, accuracy = 0, count = 0;
  for (const StepResult& step : run.steps) {
    if (step.step <= first) continue;
    loss += step.loss;
    accuracy += step.accuracy;
    count += 1;
  }
  if (count > 0) {
    now.loss = loss / count;
    now.accuracy = accuracy / count;
  }
  return now;
}

// The curve stands where a narrow terminal does not cut it off.
std::string ComparisonConsole::row(std::size_t index, const Live& live,
                                   const std::vector<double>& curve) const {
  const std::int64_t epochs = epochs_[index], epoch = std::min(live.epoch, epochs);
  std::string text = fmt::format("{}  epoch {:>{}}/{}", labels_[index], epoch,
                                 fmt::formatted_size("{}", epochs), epochs);
  if (has_unicode_locale()) {
    const std::string bars = sparkline(curve);
    text += "  " + bars;
    for (std::size_t width = display_width(bars); width < curve_widths_[index]; ++width)
      text += ' ';
  }
  if (std::isfinite(live.loss)) {
    text += fmt::format("  loss {}  {:>7}", significant_text(live.loss, 3),
                        percent_text(live.accuracy));
  }
  if (std::isfinite(live.images_per_second)) {
    text += fmt::format("  {} img/s", count_text(live.images_per_second));
  }
  return text;
}

void ComparisonConsole::show(const std::vector<std::pair<std::size_t, Run>>& running) {
  std::string text;
  for (const auto& [index, run] : running) {
    if (terminal_.interactive) {
      text += row(index, live(run), test_accuracies(run)) + '\n';
    } else {
      text += fmt::format("{}{}  epoch {}/{}", text.empty() ? "" : "   ", labels_[index],
                          live(run).epoch, epochs_[index]);
    }
  }
  status_.show(text);
}

void ComparisonConsole::end(std::size_t index, const Run& run, const std::string& note) {
  const EpochResult last = run.epochs.empty() ? EpochResult{} : run.epochs.back();
  std::string result =
      fmt::format("test accuracy {:>7}  loss {}  {} images/s  {}", percent_text(last.test_accuracy),
                  significant_text(last.test_loss, 3), count_text(last.images_per_second),
                  duration_text(last.seconds));
  if (has_unicode_locale()) result += "  " + sparkline(test_accuracies(run));
  if (run.diverged) {
    result =
        styled(fmt::format("diverged at step {} in {}", run.diverged->step, run.diverged->layer),
               Style::kRed, terminal_);
  }
  if (run.failure) result = styled("failed: " + *run.failure, Style::kRed, terminal_);
  status_.print(fmt::format("{}  {}{}{}", labels_[index], result, note.empty() ? "" : "  ", note));
}

void ComparisonConsole::say(const std::string& line) {
  status_.print(line);
}

}  // namespace keel
