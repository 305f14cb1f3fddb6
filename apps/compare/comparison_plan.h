#pragma once
// `keel compare`: what was asked for, and the runs that it makes.

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <keel/core/error.h>

#include "apps/results/axes.h"
#include "apps/train/setting.h"
#include "apps/train/train_config.h"

namespace keel {

/// Throws Error beginning with `where` for a setting that the runs of a comparison share.
void check_varies(const std::string& where, std::string_view setting);
/// The axis of a setting with these values, in their shortest spelling. Throws Error beginning with
/// `where`: no such setting, one that cannot vary, no values, one that will not do, one twice.
Axis make_axis(const std::string& where, const std::string& setting,
               const std::vector<std::string>& values);
/// A value as make_axis spells it; what is none stays as it is.
std::string axis_value(const std::string& setting, const std::string& text);
/// Puts it in the place of the axis of the same setting, or behind the others.
void set_axis(std::vector<Axis>& axes, Axis axis);

/// Settings that change together under one name: what an axis alone cannot say.
struct NamedVariant {
  std::string name;
  std::vector<std::pair<std::string, std::string>> settings;  ///< {"lr", "0.1"}
};

/// `keel compare`, as it was called.
struct CompareCommand {
  TrainConfig
      base{};  ///< what all runs share; target_accuracy is what the table reports the way to
  /// Each by make_axis, of different settings. Usual axes that are not there have the value of
  /// `base`.
  std::vector<Axis> axes{{"norm", {"none", "batch", "layer", "group", "instance"}}};
  std::vector<NamedVariant> variants{};  ///< if there are any: an axis of its own, the first one
  /// How the learning rate of a run follows from the one on the axis and from its batch size b,
  /// with b0 = base.batch_size: "constant": lr; "linear": lr b / b0 (Goyal et al. 2017); "sqrt":
  /// lr sqrt(b / b0) (Krizhevsky 2014).
  std::string lr_rule = "constant";
  std::int64_t seeds = 3;  ///< base.seed, base.seed + 1, ...
  std::string baseline{};  ///< a value on the main axis; empty: as axes_of chooses
  std::int64_t jobs = 1;   ///< runs that train at the same time
  std::string out{};       ///< empty: comparisons/<data>-<model>, of the first run
  bool quiet = false, no_color = false, dry_run = false;
  std::string command_line{};  ///< for the report
};

/// One run of the grid.
struct PlannedRun {
  std::string id;      ///< "batch-lr0.05-batch32-seed1", and what else differs from the defaults
  Settings settings;   ///< its value on each axis
  TrainConfig config;  ///< without a target accuracy: no run stops before the others
};

/// The axes that a comparison reports: the variants', norm, lr, batch-size, then the others.
std::vector<std::string> axis_names(const CompareCommand& command);

/// How the runs' learning rates follow from those on the axis, for a reader; none where they are
/// the same.
std::optional<std::string> lr_note(const CompareCommand& command);

/// Every combination of the axes' values, with each seed. The seed changes last, so that a
/// comparison that is stopped has every variant under the same seeds. Runs with the same settings
/// have the same id, whatever the grid around them. Throws Error where two of one grid do.
std::vector<PlannedRun> plan_runs(const CompareCommand& command);

/// "mlp", or "3 models".
std::string model_text(const std::vector<PlannedRun>& plan);
/// "1 epoch", or "1 to 3 epochs".
std::string epochs_text(const std::vector<PlannedRun>& plan);

/// The settings that tell a comparison's runs apart in their ids, besides those that every id has.
std::set<std::string, std::less<>> varied_settings(const CompareCommand& command);
/// The id of a run with every varied setting, also those that are the default.
std::string full_run_id(const TrainConfig& config,
                        const std::set<std::string, std::less<>>& varied);

/// Calls visit(name, value, rule, help) for each setting of a comparison that is no list, as
/// visit_fields does for those of a run.
template <class Visitor>
void visit_comparison_fields(CompareCommand& command, Visitor&& visit) {
  visit("seeds", command.seeds, from_to(1, 1000),
        "how many runs of each variant: with --seed and the numbers after it");
  visit("lr-rule", command.lr_rule, Name{{"constant", "linear", "sqrt"}},
        "how the learning rate grows with the batch size beyond --batch-size");
  visit("baseline", command.baseline, FreeText{"VALUE"},
        "which one the others are compared with; empty: none, else the first");
  visit("jobs", command.jobs, from_to(1, 256), "runs that train at the same time");
  visit("out", command.out, FreeText{"DIR"},
        "where runs, results and report go; empty: comparisons/<data>-<model>, "
        "with the first of several models");
}

/// Calls f, which reads the named one of them. Of `seeds` an error says that it is a count: a list
/// of seeds is the usual mistake.
template <class F>
void read_comparison_field(std::string_view name, const F& f) {
  try {
    f();
  } catch (const Error& error) {
    if (name != "seeds") throw;
    throw Error(fmt::format("{}; it is how many seeds there are, from the one of --seed on: 3 with "
                            "--seed 1 are 1, 2 and 3",
                            error.what()),
                error.kind());
  }
}

/// The names that it visits.
std::vector<std::string> comparison_setting_names();

/// What a comparison without a data set of one's own trains: a small net on few images, so that all
/// the runs together take less than a minute on two cores.
TrainConfig first_look();

}  // namespace keel
