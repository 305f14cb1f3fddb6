#include "apps/train/model_spec.h"

#include <keel/data/standardize.h>

#include "apps/train/norm_setting.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/test.h"

using namespace keel::testing;

TEST_CASE("norm_spec: --weight-standardization is +ws, and refused where that is") {
  keel::TrainConfig config = tiny_config();
  config.weight_standardization = true;
  config.norm = "group";
  CHECK(keel::to_text(keel::norm_spec(config)) == "group+ws");
  config.norm = "group+sws";
  CHECK(keel::to_text(keel::norm_spec(config)) == "group+sws");
  config.norm = "fixup";
  CHECK_THROWS_WITH(keel::norm_spec(config), ContainsSubstring("--weight-standardization: fixup") &&
                                                 ContainsSubstring("takes no modifiers"));
}

TEST_CASE("model_spec: images are standardised by the training set, or with --no-standardize not") {
  keel::TrainConfig config = tiny_config();
  const keel::Dataset& train = tiny_digits().train;
  CHECK(keel::model_spec(config, train).standardization.mean ==
        keel::standardization_of(train).mean);
  config.standardize = false;
  const keel::ModelSpec spec = keel::model_spec(config, train);
  CHECK(spec.standardization.mean == std::vector<float>{0});
  CHECK(spec.standardization.std == std::vector<float>{1});
  // Without it a model is another one: a checkpoint says so, and brings it along.
  CHECK(keel::model_spec_from_json(keel::to_json_text(spec)).standardization.std ==
        spec.standardization.std);
}
