#include "apps/compare/comparison_plan.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/layers/norm_spec.h>

#include "apps/text/number_text.h"
#include "apps/train/config_text.h"

namespace keel {
namespace {

constexpr const char* kVariant = "variant";
constexpr const char* kAlways[] = {"norm", "lr", "batch-size"};  // axes of every comparison

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::vector<std::string> values_of(const CompareCommand& command, const std::string& name) {
  if (name == kVariant) {
    std::vector<std::string> names;
    for (const NamedVariant& variant : command.variants) names.push_back(variant.name);
    return names;
  }
  const auto axis = std::find_if(command.axes.begin(), command.axes.end(),
                                 [&](const Axis& candidate) { return candidate.setting == name; });
  return axis != command.axes.end() ? axis->values
                                    : std::vector<std::string>{setting_text(command.base, name)};
}

double scaled_lr(const CompareCommand& command, const TrainConfig& config) {
  const double share =
      static_cast<double>(config.batch_size) / static_cast<double>(command.base.batch_size);
  if (command.lr_rule == "linear") return config.lr * share;
  if (command.lr_rule == "sqrt") return config.lr * std::sqrt(share);
  return config.lr;
}

// A part of a file's name.
std::string spelled(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char c) { return std::string_view("/\\:= ,").find(c) != std::string_view::npos; }, '-');
  return text;
}

std::string run_id(const TrainConfig& config, const std::set<std::string, std::less<>>& varied,
                   bool tells_defaults) {
  std::string text = fmt::format("{}-lr{}-batch{}", file_name_of(config.norm), rate_text(config.lr),
                                 config.batch_size);
  for (const std::string& name : setting_names()) {
    if (varied.count(name) == 0) continue;
    const std::string value = setting_text(config, name);
    if (!tells_defaults && value == setting_text({}, name)) continue;
    text += fmt::format("-{}-{}", name, spelled(value));
  }
  return fmt::format("{}-seed{}", text, config.seed);
}

class Planner {
 public:
  explicit Planner(const CompareCommand& command)
      : command_(command), names_(axis_names(command)), varied_(varied_settings(command)) {}

  std::vector<PlannedRun> plan() {
    for (std::int64_t i = 0; i < command_.seeds; ++i) {
      PlannedRun run{"", {}, command_.base};
      run.config.target_accuracy = 0;
      run.config.seed = command_.base.seed + static_cast<std::uint64_t>(i);
      add(run, 0);
    }
    check_distinct();
    return std::move(runs_);
  }

 private:
  // Every run that continues `run` on the axes from this one on.
  void add(const PlannedRun& run, std::size_t axis) {
    if (axis == names_.size()) {
      runs_.push_back(run);
      runs_.back().config.lr = scaled_lr(command_, run.config);
      runs_.back().id = run_id(runs_.back().config, varied_, false);
      return;
    }
    const std::string& name = names_[axis];
    for (const std::string& value : values_of(command_, name)) {
      PlannedRun next = run;
      next.settings[name] = value;
      set(next.config, name, value);
      add(next, axis + 1);
    }
  }

  void set(TrainConfig& config, const std::string& name, const std::string& value) const {
    if (name != kVariant) return apply_setting(config, name, value);
    const auto variant = std::find_if(command_.variants.begin(), command_.variants.end(),
                                      [&](const NamedVariant& v) { return v.name == value; });
    for (const auto& [setting, text] : variant->settings) apply_setting(config, setting, text);
  }

  // Two runs of one id would train in one folder, with --jobs at the same time.
  void check_distinct() const {
    std::set<std::string_view> ids;
    for (const PlannedRun& run : runs_) {
      check(ids.insert(run.id).second,
            "two of the runs are the same, {}: give each [[variant]] settings of its own", run.id);
    }
  }

  const CompareCommand& command_;
  const std::vector<std::string> names_;
  const std::set<std::string, std::less<>> varied_;
  std::vector<PlannedRun> runs_;
};

}  // namespace

std::vector<std::string> comparison_setting_names() {
  std::vector<std::string> names;
  CompareCommand command;
  visit_comparison_fields(command, [&names](std::string_view name, const auto&, const auto&,
                                            std::string_view) { names.emplace_back(name); });
  return names;
}

void check_varies(const std::string& where, std::string_view setting) {
  for (const char* place : {"data", "data-dir"}) {
    check(setting != place,
          "{}: a comparison is of one data set, as accuracies on several cannot be ranked; compare "
          "on each of them, with --data and an --out of its own",
          where);
  }
  // What the comparison itself decides, or no run depends on.
  for (const char* fixed : {"seed", "threads", "workers", "target-accuracy", "log-every",
                            "eval-every", "save-every", "save-initial"}) {
    check(setting != fixed, "{}: {} is no axis of a comparison", where, setting);
  }
}

Axis make_axis(const std::string& where, const std::string& setting,
               const std::vector<std::string>& values) {
  check_varies(where, setting);
  check(!values.empty() && !(values.size() == 1 && values.front().empty()),
        "{}: the list is empty, expected A,B,...", where);
  Axis axis{setting, {}};
  for (const std::string& value : values) {
    TrainConfig config;
    try {
      apply_setting(config, setting, value, where);
    } catch (const Error&) {
      check(!value.empty(), "{}: an empty value in the list, as beside a comma too many", where);
      throw;
    }
    std::string text = setting_text(config, setting);
    check(!contains(axis.values, text), "{}: {} is there twice", where, value);
    axis.values.push_back(std::move(text));
  }
  return axis;
}

std::string axis_value(const std::string& setting, const std::string& text) {
  TrainConfig config;
  try {
    apply_setting(config, setting, text);
  } catch (const Error&) {
    return text;
  }
  return setting_text(config, setting);
}

void set_axis(std::vector<Axis>& axes, Axis axis) {
  const auto same = std::find_if(axes.begin(), axes.end(), [&](const Axis& candidate) {
    return candidate.setting == axis.setting;
  });
  if (same != axes.end()) {
    *same = std::move(axis);
  } else {
    axes.push_back(std::move(axis));
  }
}

std::vector<std::string> axis_names(const CompareCommand& command) {
  std::vector<std::string> names;
  if (!command.variants.empty()) names.emplace_back(kVariant);
  std::set<std::string, std::less<>> set_by_variants;
  for (const NamedVariant& variant : command.variants) {
    for (const auto& [name, text] : variant.settings) set_by_variants.insert(name);
  }
  for (const char* name : kAlways) {
    if (set_by_variants.count(name) == 0) names.emplace_back(name);
  }
  for (const Axis& axis : command.axes) {
    if (!contains(names, axis.setting)) names.push_back(axis.setting);
  }
  return names;
}

std::optional<std::string> lr_note(const CompareCommand& command) {
  if (command.lr_rule == "constant") return std::nullopt;
  return fmt::format("learning rates are those at a batch size of {} and grow with {}",
                     command.base.batch_size,
                     command.lr_rule == "linear" ? "the batch size" : "its square root");
}

std::vector<PlannedRun> plan_runs(const CompareCommand& command) {
  return Planner(command).plan();
}

std::set<std::string, std::less<>> varied_settings(const CompareCommand& command) {
  std::set<std::string, std::less<>> varied;
  for (const std::string& name : axis_names(command)) {
    if (name != kVariant) varied.insert(name);
  }
  for (const NamedVariant& variant : command.variants) {
    for (const auto& [name, text] : variant.settings) varied.insert(name);
  }
  for (const char* told_already : {"norm", "lr", "batch-size", "seed"}) varied.erase(told_already);
  return varied;
}

std::string full_run_id(const TrainConfig& config,
                        const std::set<std::string, std::less<>>& varied) {
  return run_id(config, varied, true);
}

std::string model_text(const std::vector<PlannedRun>& plan) {
  std::set<std::string> models;
  for (const PlannedRun& run : plan) models.insert(run.config.model);
  return models.size() == 1 ? *models.begin() : counted_text(models.size(), "model");
}

std::string epochs_text(const std::vector<PlannedRun>& plan) {
  std::set<std::int64_t> epochs;
  for (const PlannedRun& run : plan) epochs.insert(run.config.epochs);
  const std::string most = counted_text(static_cast<std::size_t>(*epochs.rbegin()), "epoch");
  return epochs.size() == 1 ? most : fmt::format("{} to {}", *epochs.begin(), most);
}

TrainConfig first_look() {
  TrainConfig config;
  config.limit_train = 2000;
  config.limit_test = 1000;
  config.epochs = 4;
  config.batch_size = 16;
  config.target_accuracy = 0.8;
  config.log_every = 5;
  return config;
}

}  // namespace keel
