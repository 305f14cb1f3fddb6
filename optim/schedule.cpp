#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/optim/schedule.h>

namespace keel {
namespace {

struct KindName {
  ScheduleKind kind;
  std::string_view name;
};

constexpr std::array<KindName, 5> kKindNames{{{ScheduleKind::kConstant, "constant"},
                                              {ScheduleKind::kStep, "step"},
                                              {ScheduleKind::kMultiStep, "multi-step"},
                                              {ScheduleKind::kCosine, "cosine"},
                                              {ScheduleKind::kOneCycle, "one-cycle"}}};

// From `from` at 0 to `to` at 1 along half a cosine.
double anneal(double from, double to, double progress) {
  return to + (from - to) * (1 + std::cos(std::numbers::pi * progress)) / 2;
}

double one_cycle(const ScheduleOptions& options, double step, double steps) {
  const double start = options.lr / options.div_factor;
  const double peak = options.pct_start * steps - 1, last = steps - 1;
  step = std::min(step, last);
  if (step < peak) return anneal(start, options.lr, step / peak);
  if (step == peak) return options.lr;
  return anneal(options.lr, start / options.final_div_factor, (step - peak) / (last - peak));
}

// The rate without its warm-up.
double rate(const ScheduleOptions& options, std::int64_t step) {
  const auto decayed = [&](std::int64_t times) {
    return options.lr * std::pow(options.gamma, static_cast<double>(times));
  };
  const auto cycle_step =
      static_cast<double>(std::max<std::int64_t>(step - options.warmup_steps, 0));
  const auto cycle_steps = static_cast<double>(options.total_steps - options.warmup_steps);
  switch (options.kind) {
    case ScheduleKind::kStep:
      return decayed(step / options.step_size);
    case ScheduleKind::kMultiStep:
      return decayed(std::upper_bound(options.milestones.begin(), options.milestones.end(), step) -
                     options.milestones.begin());
    case ScheduleKind::kCosine:
      return anneal(options.lr, options.min_lr, std::min(cycle_step / cycle_steps, 1.0));
    case ScheduleKind::kOneCycle:
      return one_cycle(options, cycle_step, cycle_steps);
    case ScheduleKind::kConstant:
      break;
  }
  return options.lr;
}

void check_rate(std::string_view name, double value) {
  check(std::isfinite(value) && value >= 0, "schedule: {} {} is negative or not finite", name,
        value);
}

}  // namespace

std::vector<std::string> schedule_names() {
  std::vector<std::string> names;
  for (const KindName& known : kKindNames) names.emplace_back(known.name);
  return names;
}

ScheduleKind schedule_kind(std::string_view name) {
  for (const KindName& known : kKindNames) {
    if (known.name == name) return known.kind;
  }
  throw Error(unknown_name("schedule", name, schedule_names()));
}

std::string_view name_of(ScheduleKind kind) {
  return std::find_if(kKindNames.begin(), kKindNames.end(),
                      [=](const KindName& known) { return known.kind == kind; })
      ->name;
}

Schedule::Schedule(ScheduleOptions options) : options_(std::move(options)) {
  check_rate("lr", options_.lr);
  check_rate("gamma", options_.gamma);
  check_rate("min_lr", options_.min_lr);
  check(options_.warmup_steps >= 0, "schedule: warmup_steps {} is negative", options_.warmup_steps);
  const std::string_view kind = name_of(options_.kind);
  switch (options_.kind) {
    case ScheduleKind::kConstant:
      break;
    case ScheduleKind::kStep:
      check(options_.step_size >= 1, "schedule: {} needs a step_size of at least 1, got {}", kind,
            options_.step_size);
      break;
    case ScheduleKind::kMultiStep:
      check(!options_.milestones.empty() && options_.milestones.front() >= 1 &&
                std::is_sorted(options_.milestones.begin(), options_.milestones.end(),
                               std::less_equal<>()),
            "schedule: {} needs milestones that increase from at least 1, got [{}]", kind,
            fmt::join(options_.milestones, ", "));
      break;
    case ScheduleKind::kOneCycle:
      check(options_.pct_start >= 0 && options_.pct_start <= 1,
            "schedule: pct_start {} is not in [0, 1]", options_.pct_start);
      check(options_.div_factor >= 1 && options_.final_div_factor >= 1,
            "schedule: {} needs a div_factor and final_div_factor of at least 1, got {} and {}",
            kind, options_.div_factor, options_.final_div_factor);
      [[fallthrough]];
    case ScheduleKind::kCosine:
      check(options_.total_steps > options_.warmup_steps,
            "schedule: {} needs more total_steps than the {} of the warm-up, got {}", kind,
            options_.warmup_steps, options_.total_steps);
  }
}

double Schedule::at(std::int64_t step) const {
  check(step >= 0, "schedule: step {} is negative", step);
  const double warmup =
      step < options_.warmup_steps
          ? static_cast<double>(step + 1) / static_cast<double>(options_.warmup_steps)
          : 1;
  return warmup * rate(options_, step);
}

}  // namespace keel
