#include "apps/bench.h"

#include <iostream>
#include <sstream>

#include "tests/support/captured_output.h"
#include "tests/support/test.h"

TEST_CASE("bench times whole steps that ask the system for no memory, and shares them out by op") {
  keel::BenchCommand command;
  command.config.model = "lenet5";
  command.config.batch_size = 8;
  command.steps = 3;
  command.config.threads = 2;
  const keel::BenchResult result = keel::Bench(command).measure();
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
  for (const auto& [op, share] : keel::Bench(command).measure().share) {
    CHECK(op.find("backward") == std::string::npos);
  }
}

TEST_CASE("bench --json prints an array of one object") {
  keel::BenchCommand command;
  command.config.model = "mlp";
  command.steps = 1;
  command.json = true;
  std::string printed;
  {
    const keel::testing::CapturedOutput output;
    keel::run_bench(command);
    printed = output.out();
  }
  const auto json = nlohmann::json::parse(printed);
  REQUIRE(json.is_array());
  REQUIRE(json.size() == 1);
  CHECK(json[0]["model"] == "mlp");
  CHECK(json[0]["batch_size"] == 64);
  CHECK(json[0]["images_per_second"].get<double>() > 0);
  CHECK(json[0]["peak_memory_bytes"].get<std::int64_t>() > 0);
  CHECK(json[0]["share"].is_object());
}

TEST_CASE(
    "bench --on-request measures once for each line and prints an array on a line of its own") {
  keel::BenchCommand command;
  command.config.model = "mlp";
  command.steps = 1;
  command.on_request = true;
  std::istringstream requests("now\n\nand now\n");
  std::streambuf* const before = std::cin.rdbuf(requests.rdbuf());
  std::string printed;
  {
    const keel::testing::CapturedOutput output;
    keel::run_bench(command);
    printed = output.out();
  }
  std::cin.rdbuf(before);
  std::istringstream lines(printed);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    CHECK(nlohmann::json::parse(line)[0]["images_per_second"].get<double>() > 0);
  }
  CHECK(count == 3);
}

TEST_CASE("bench takes images of another size") {
  keel::BenchCommand command;
  command.config.model = "lenet5";
  command.image_size = 8;
  CHECK_THROWS_WITH(keel::Bench(command).measure(),
                    ContainsSubstring("images of 8x8 are too small"));
}
