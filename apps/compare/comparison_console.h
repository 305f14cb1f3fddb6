#pragma once
// What a person sees of a comparison while it goes on: one line per run.

#include <string>
#include <utility>
#include <vector>

#include "apps/compare/comparison_plan.h"
#include "apps/text/terminal.h"
#include "apps/train/run.h"
#include "apps/train/trainer.h"

namespace keel {

/// Watches the runs of a plan, one after the other or several at a time. On a terminal the line of
/// each run that trains is rewritten, with the curve of its test accuracy so far; elsewhere whole
/// lines are printed now and then. A line names the normalisation and what else differs between the
/// runs.
class ComparisonConsole : public TrainObserver {
 public:
  ComparisonConsole(const std::vector<PlannedRun>& plan, const std::vector<std::string>& axes,
                    const Terminal& terminal, bool quiet);

  /// From now on reports are of this run of the plan; of a resumed one, `run` has the first epochs.
  void begin(std::size_t index, const Run& run);
  void on_step(const StepReport& report) override;
  void on_evaluation(const EvaluationResult& result) override;
  void on_epoch(const EpochReport& report) override;
  /// Whether show() would show something now.
  bool due() const { return status_.due(); }
  /// The runs that train at the same time, by their index in the plan, as their logs have them.
  void show(const std::vector<std::pair<std::size_t, Run>>& running);
  /// The line of a run that is complete, diverged or failed, which stays; `note` comes behind it.
  void end(std::size_t index, const Run& run, const std::string& note = "");
  /// Any other line.
  void say(const std::string& line);

 private:
  // A run that trains; what is not known is NaN.
  struct Live {
    std::int64_t epoch = 1;  // the one that it is in
    double loss = kNotMeasured, accuracy = kNotMeasured, images_per_second = kNotMeasured;
  };
  static Live live(const Run& run);
  std::string row(std::size_t index, const Live& live, const std::vector<double>& curve) const;

  const Terminal terminal_;
  StatusLine status_;
  std::vector<std::string> labels_;  // of each run: "[ 3/15] batch  seed 1"
  std::vector<std::int64_t> epochs_;
  std::vector<std::size_t> curve_widths_;  // of each run's sparkline at its end
  std::size_t current_ = 0;
  std::vector<double> accuracies_;  // of the current run, on the test images, so far
};

}  // namespace keel
