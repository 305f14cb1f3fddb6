#include "apps/bench.h"

#include "tests/support/test.h"

TEST_CASE("bench times whole steps that ask the system for no memory, and shares them out by op") {
  keel::BenchCommand command;
  command.config.model = "lenet5";
  command.config.batch_size = 8;
  command.steps = 3;
  command.config.threads =
      1;  // with more, how many need working memory at once is a matter of luck
  const keel::BenchResult result = keel::run_steps(command);
  CHECK(result.system_allocations == 0);
  CHECK(result.step_seconds_min > 0);
  CHECK(result.step_seconds_median >= result.step_seconds_min);
  CHECK(result.images_per_second() == Approx(8 / result.step_seconds_median));
  double total = 0;
  bool has_backward = false;
  for (const auto& [op, share] : result.share) {
    total += share;
    has_backward = has_backward || op == "conv2d backward";
  }
  CHECK(total == Approx(1));
  CHECK(has_backward);
  const auto json = keel::bench_json(result);
  for (const char* key : {"model", "norm", "batch_size", "threads", "images_per_second",
                          "step_ms_median", "step_ms_min", "peak_memory_bytes", "share"}) {
    CHECK(json.contains(key));
  }
  CHECK_THAT(keel::bench_text(result), ContainsSubstring("lenet5, normalisation batch, batch 8"));

  command.forward_only = true;
  for (const auto& [op, share] : keel::run_steps(command).share) {
    CHECK(op.find("backward") == std::string::npos);
  }
}
