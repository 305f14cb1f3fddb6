#pragma once
// Learning rates over a run, each a pure function of the step: resuming needs nothing but the step.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

enum class ScheduleKind {
  kConstant,   ///< lr
  kStep,       ///< lr gamma^floor(step / step_size)
  kMultiStep,  ///< lr gamma^(milestones reached)
  kCosine,     ///< from lr to min_lr along half a cosine; SGDR: Loshchilov, Hutter, ICLR 2017
  kOneCycle,   ///< up to lr and far down; Smith, Topin, "Super-Convergence", 2018
};

/// "constant", "step", "multi-step", "cosine" and "one-cycle".
std::vector<std::string> schedule_names();
/// The kind of that name. Throws Error with the nearest name and all of them for any other.
ScheduleKind schedule_kind(std::string_view name);
std::string_view name_of(ScheduleKind kind);

/// Steps are optimiser steps, counted from 0.
struct ScheduleOptions {
  ScheduleKind kind = ScheduleKind::kConstant;
  double lr = 0.1;                ///< the largest learning rate of the run
  std::int64_t total_steps = 0;   ///< of the run, warm-up included; for cosine and one-cycle
  std::int64_t warmup_steps = 0;  ///< the rate is multiplied by (step + 1) / warmup_steps below 1

  std::int64_t step_size = 0;                 ///< step: steps between two decays
  std::vector<std::int64_t> milestones = {};  ///< multi-step: steps of the decays, increasing
  double gamma = 0.1;                         ///< step, multi-step: factor of a decay

  double min_lr = 0;  ///< cosine: where it ends

  double pct_start = 0.3;         ///< one-cycle: share of the cycle that goes up
  double div_factor = 25;         ///< one-cycle: lr over the rate it starts at
  double final_div_factor = 1e4;  ///< one-cycle: the rate it starts at over the one it ends at
};

/// Step and multi-step count from the beginning of the run. Cosine and one-cycle take the steps
/// after the warm-up, total_steps - warmup_steps, and keep their last value beyond. One-cycle has
/// PyTorch's shape (two half cosines, the peak at step pct_start n - 1 of n) and leaves the
/// momentum constant.
class Schedule {
 public:
  /// Throws Error when a rate or factor is negative or not finite, counts are negative, or the kind
  /// lacks what it needs.
  explicit Schedule(ScheduleOptions options);

  /// The learning rate of a step. Throws Error for a negative one.
  double at(std::int64_t step) const;

 private:
  ScheduleOptions options_;
};

}  // namespace keel
