#include "apps/evaluation/evaluate.h"

#include "apps/train/models.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

TEST_CASE("evaluate: no batch is of a single image, which some norms can make nothing of") {
  const Dataset& test = tiny_digits().test;
  const std::int64_t images = test.size();
  const Standardization standardization = standardization_of(tiny_digits().train);
  const ModulePtr untracked = make_model("mlp", {.norm = "batch:untracked"}, 1);
  CHECK(evaluate(*untracked, test, standardization, images - 1).loss ==
        evaluate(*untracked, test, standardization, images - 2).loss);
  const ModulePtr group = make_model("lenet5", {.norm = "group"}, 1);
  const Evaluation whole = evaluate(*group, test, standardization, images);
  const Evaluation cut = evaluate(*group, test, standardization, images - 1);
  CHECK(cut.count == images);
  CHECK(cut.loss == Approx(whole.loss));
  CHECK(cut.confusion == whole.confusion);
}
