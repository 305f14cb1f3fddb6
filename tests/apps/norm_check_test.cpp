#include "apps/norm_check.h"

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/layers/norm.h>

#include "apps/exit_code.h"
#include "apps/program.h"
#include "tests/support/captured_output.h"
#include "tests/support/test.h"

using namespace keel;

namespace {

// y = 2 x, with a gradient of 2 or another.
class Doubling : public Module {
 public:
  explicit Doubling(double gradient) : gradient_(gradient) {}
  Tensor forward(const Tensor& x, const Mode&) override {
    return record(
        "doubling", x.detach() * 2.0, {&x},
        [gradient = gradient_](const Tensor& dy) -> Gradients { return {dy * gradient}; });
  }
  std::string describe() const override { return "Doubling"; }

 private:
  double gradient_;
};

struct OwnNorm {
  explicit OwnNorm(double gradient) {
    norm_table()["doubling"] = {
        .about = {.family = "My own", .summary = "twice as much", .equation = "y = 2 x"},
        .make = [gradient](const NormSite&, const NormArguments&) {
          return std::make_unique<Doubling>(gradient);
        }};
  }
  ~OwnNorm() { norm_table().erase("doubling"); }
};

}  // namespace

TEST_CASE("norm check: gradients of Keel's own are right") {
  for (const std::string spec : {"batch", "switchable", "lrn:3:alpha=1", "none+ws"}) {
    CAPTURE(spec);
    for (const bool training : {true, false}) {
      const GradientError error = norm_gradient_error(spec, training);
      CHECK(error.right());
      CHECK(error.largest > 0);
    }
  }
}

TEST_CASE("norm check: a norm of one's own is checked, and where it is wrong is told") {
  const testing::CapturedOutput output;
  {
    const OwnNorm right(2);
    CHECK(run_program({"norms", "doubling", "--check"}) == kExitDone);
  }
  CHECK_THAT(output.out(), ContainsSubstring("doubling  training") &&
                               ContainsSubstring("right\n") && !ContainsSubstring("wrong"));
  {
    const OwnNorm wrong(2.01);
    CHECK(run_program({"norms", "doubling", "--check"}) == kExitInternal);
  }
  CHECK_THAT(output.out(), ContainsSubstring("wrong at "));
}

TEST_CASE("norm check: a gradient through constants is not called wrong") {
  const testing::CapturedOutput output;
  CHECK(run_program({"norms", "renorm:warmup=0", "--check"}) == kExitDone);
  CHECK_THAT(output.out(), ContainsSubstring("not told: part of it is a constant") &&
                               ContainsSubstring("right\n"));
}

TEST_CASE("norm check: options and modifiers may be given") {
  const testing::CapturedOutput output;
  CHECK(run_program({"norms", "group:2+ws", "--check"}) == kExitDone);
  CHECK(run_program({"norms", "+wn", "--check"}) == kExitDone);
  CHECK_THAT(output.out(), ContainsSubstring("group:2+ws  training"));
  CHECK_THAT(output.out(), ContainsSubstring("none+wn "));
  CHECK(run_program({"norms", "gruop", "--check"}) == kExitUsage);
}
