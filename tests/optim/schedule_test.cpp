#include <cmath>

#include <keel/core/error.h>
#include <keel/optim/schedule.h>

#include "tests/support/test.h"

using keel::Schedule;
using keel::ScheduleKind;
using keel::ScheduleOptions;

namespace {

void check_rates(const ScheduleOptions& options, const std::vector<double>& expected) {
  const Schedule schedule(options);
  for (std::size_t step = 0; step < expected.size(); ++step) {
    INFO(name_of(options.kind) << ", step " << step);
    CHECK(schedule.at(static_cast<std::int64_t>(step)) == Approx(expected[step]).epsilon(1e-12));
  }
}

}  // namespace

TEST_CASE("schedules follow their rule") {
  check_rates({.lr = 0.3}, {0.3, 0.3, 0.3});
  check_rates({.kind = ScheduleKind::kStep, .lr = 1, .step_size = 2, .gamma = 0.5},
              {1, 1, 0.5, 0.5, 0.25, 0.25, 0.125});
  check_rates({.kind = ScheduleKind::kMultiStep, .lr = 1, .milestones = {1, 4}, .gamma = 0.1},
              {1, 0.1, 0.1, 0.1, 0.01, 0.01});
}

TEST_CASE("cosine and one-cycle have PyTorch's values and keep the last one") {
  // torch.optim.lr_scheduler.CosineAnnealingLR(lr 0.2, T_max=5, eta_min=0.01), version 1.13
  check_rates({.kind = ScheduleKind::kCosine, .lr = 0.2, .total_steps = 5, .min_lr = 0.01},
              {0.2, 0.18185661446562001, 0.13435661446562, 0.07564338553437999, 0.02814338553438,
               0.01, 0.01, 0.01});
  // OneCycleLR(max_lr=0.5, total_steps=10)
  check_rates({.kind = ScheduleKind::kOneCycle, .lr = 0.5, .total_steps = 10},
              {0.020000000000000018, 0.26, 0.5, 0.47524231600673683, 0.40587282697488153,
               0.30563101096814466, 0.19437098903185537, 0.09412917302511849, 0.024759683993263143,
               2e-06, 2e-06});
  // OneCycleLR(max_lr=0.5, total_steps=7, pct_start=0.4, div_factor=10, final_div_factor=100)
  check_rates({.kind = ScheduleKind::kOneCycle,
               .lr = 0.5,
               .total_steps = 7,
               .pct_start = 0.4,
               .div_factor = 10,
               .final_div_factor = 100},
              {0.04999999999999999, 0.31407083997505925, 0.49721049884972585, 0.4059665780142187,
               0.23158615912679054, 0.06717029501050087, 0.0005});
}

TEST_CASE("one-cycle stays finite where its phases have no length") {
  const ScheduleKind kind = ScheduleKind::kOneCycle;
  check_rates({.kind = kind, .lr = 1, .total_steps = 1}, {4e-6, 4e-6});
  check_rates({.kind = kind, .lr = 1, .total_steps = 1, .pct_start = 1}, {1, 1});
  check_rates({.kind = kind, .lr = 1, .total_steps = 2, .pct_start = 0.5}, {1, 4e-6, 4e-6});
  check_rates({.kind = kind, .lr = 1, .total_steps = 3, .pct_start = 1}, {0.04, 0.52, 1, 1});
}

TEST_CASE("warm-up rises linearly to the schedule it multiplies") {
  check_rates({.lr = 0.8, .warmup_steps = 4}, {0.2, 0.4, 0.6, 0.8, 0.8});
  check_rates({.kind = ScheduleKind::kStep, .lr = 1, .warmup_steps = 2, .step_size = 3},
              {0.5, 1, 1, 0.1, 0.1, 0.1, 0.01});
  check_rates({.kind = ScheduleKind::kMultiStep, .lr = 1, .warmup_steps = 2, .milestones = {3}},
              {0.5, 1, 1, 0.1});
  // the cosine takes the four steps that the warm-up leaves
  const double early = (1 + std::sqrt(0.5)) / 2;
  check_rates({.kind = ScheduleKind::kCosine, .lr = 1, .total_steps = 6, .warmup_steps = 2},
              {0.5, 1, 1, early, 0.5, 1 - early, 0});
  check_rates({.kind = ScheduleKind::kOneCycle, .lr = 0.5, .total_steps = 12, .warmup_steps = 2},
              {0.01, 0.02, 0.02, 0.26, 0.5, 0.47524231600673683});
}

TEST_CASE("schedules have names") {
  for (const auto kind : {ScheduleKind::kConstant, ScheduleKind::kStep, ScheduleKind::kMultiStep,
                          ScheduleKind::kCosine, ScheduleKind::kOneCycle}) {
    CHECK(keel::schedule_kind(name_of(kind)) == kind);
  }
  CHECK_THROWS_WITH(
      keel::schedule_kind("linear"),
      ContainsSubstring("unknown schedule 'linear'. Known: constant, step, multi-step, cosine, "
                        "one-cycle"));
  CHECK_THROWS_WITH(keel::schedule_kind("cosin"),
                    ContainsSubstring("unknown schedule 'cosin'; did you mean 'cosine'?"));
}

TEST_CASE("schedules refuse options that cannot work") {
  const auto refusal = [](const ScheduleOptions& options) -> std::string {
    try {
      const Schedule schedule(options);
    } catch (const keel::Error& error) {
      return error.what();
    }
    return "no refusal";
  };
  const double nan = std::nan("");
  CHECK_THAT(refusal({.lr = -1}), ContainsSubstring("lr -1 is negative or not finite"));
  CHECK_THAT(refusal({.lr = nan}), ContainsSubstring("lr nan"));
  CHECK_THAT(refusal({.gamma = -2}), ContainsSubstring("gamma -2"));
  CHECK_THAT(refusal({.min_lr = HUGE_VAL}), ContainsSubstring("min_lr inf"));
  CHECK_THAT(refusal({.warmup_steps = -1}), ContainsSubstring("warmup_steps -1 is negative"));
  CHECK_THAT(refusal({.kind = ScheduleKind::kStep}),
             ContainsSubstring("step needs a step_size of at least 1, got 0"));
  for (const std::vector<std::int64_t>& milestones :
       std::vector<std::vector<std::int64_t>>{{}, {0, 1}, {2, 2}, {3, 1}}) {
    CHECK_THAT(refusal({.kind = ScheduleKind::kMultiStep, .milestones = milestones}),
               ContainsSubstring("multi-step needs milestones that increase from at least 1, got"));
  }
  CHECK_THAT(refusal({.kind = ScheduleKind::kCosine, .total_steps = 5, .warmup_steps = 5}),
             ContainsSubstring("cosine needs more total_steps than the 5 of the warm-up, got 5"));
  const ScheduleKind cycle = ScheduleKind::kOneCycle;
  CHECK_THAT(refusal({.kind = cycle}), ContainsSubstring("one-cycle needs more total_steps"));
  CHECK_THAT(refusal({.kind = cycle, .total_steps = 9, .pct_start = 1.5}),
             ContainsSubstring("pct_start 1.5 is not in [0, 1]"));
  CHECK_THAT(refusal({.kind = cycle, .total_steps = 9, .div_factor = 0}),
             ContainsSubstring("div_factor and final_div_factor of at least 1, got 0 and 10000"));
  CHECK_THAT(refusal({.kind = cycle, .total_steps = 9, .final_div_factor = nan}),
             ContainsSubstring("got 25 and nan"));
  CHECK_THROWS_WITH(Schedule({}).at(-1), ContainsSubstring("step -1 is negative"));
}
