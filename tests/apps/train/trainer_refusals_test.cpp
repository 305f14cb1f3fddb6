// What a trainer refuses before it computes anything.

#include <functional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <keel/core/error.h>

#include "apps/train/trainer.h"
#include "tests/apps/tiny_training.h"
#include "tests/support/test.h"

using keel::TrainConfig;
using keel::Trainer;
using keel::testing::tiny_config;
using keel::testing::tiny_digits;

namespace {

std::string complaint(const TrainConfig& config) {
  std::string message("none");
  try {
    const Trainer trainer(config, tiny_digits());
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kInvalid);
    message = std::string(error.what());
  }
  return message;
}

}  // namespace

// Strings are made before they are assigned: GCC 12 takes the assignment of a literal here for a
// copy onto itself (its bug 105651).
TEST_CASE("trainer: settings that cannot work are refused before anything is computed") {
  const auto complaint = [](const std::function<void(TrainConfig&)>& change) {
    TrainConfig config = tiny_config();
    change(config);
    return ::complaint(config);
  };
  CHECK_THAT(complaint([](TrainConfig& c) { c.optim = std::string("admaw"); }),
             ContainsSubstring("did you mean"));
  CHECK_THAT(complaint([](TrainConfig& c) { c.schedule = std::string("cosin"); }),
             ContainsSubstring("cosine"));
  CHECK_THAT(complaint([](TrainConfig& c) { c.augment = std::string("all"); }),
             ContainsSubstring("standard"));
  CHECK_THAT(complaint([](TrainConfig& c) { c.pad_mode = std::string("edge"); }),
             ContainsSubstring("reflect"));
  CHECK_THAT(complaint([](TrainConfig& c) { c.norm_momentum = std::string("2"); }),
             ContainsSubstring("--norm-momentum 2: momentum expects"));
  CHECK_THAT(complaint([](TrainConfig& c) {
               c.batch_size = 100;
               c.drop_last = true;
             }),
             ContainsSubstring("batch of 100"));
  CHECK(complaint([](TrainConfig& c) { c.warmup_epochs = 10; }) ==
        "--warmup-epochs 10: expected less than --epochs, which is 2");
  CHECK_THAT(complaint([](TrainConfig& c) {
               c.nesterov = true;
               c.momentum = 0;
             }),
             ContainsSubstring("--nesterov") && ContainsSubstring("--momentum"));
}

TEST_CASE("trainer: a batch of one image that cannot be normalised is refused at once") {
  const auto complaint = [](const std::string& norm, std::int64_t batch_size, bool drop_last) {
    TrainConfig config = tiny_config();
    config.model = std::string("mlp");
    config.norm = norm;
    config.batch_size = batch_size;
    config.drop_last = drop_last;
    return ::complaint(config);
  };
  // Of 70 images, batches of 23 leave one.
  for (const std::int64_t batch_size : {23, 1}) {
    CHECK_THAT(complaint("batch", batch_size, false),
               ContainsSubstring(fmt::format("--batch-size {}: of 70 images", batch_size)) &&
                   ContainsSubstring("one value per channel"));
  }
  CHECK(complaint("batch", 23, true) == "none");
  CHECK(complaint("batch", 16, false) == "none");
  CHECK(complaint("none", 23, false) == "none");
  CHECK(complaint("none", 1, false) == "none");
}

TEST_CASE("trainer: a sub-batch of one image is found out before the first step") {
  TrainConfig config = tiny_config();
  config.model = std::string("mlp");
  for (const auto& [norm, batch_size] :
       {std::pair<const char*, int>{"ghost:1", 10}, {"ghost:3", 10}, {"ghost:7", 8}}) {
    CAPTURE(norm);
    config.norm = norm;
    config.batch_size = batch_size;
    CHECK_THROWS_WITH(Trainer(config, tiny_digits()),
                      ContainsSubstring("it makes a sub-batch of a single one"));
  }
  config.norm = std::string("ghost:5");
  config.batch_size = 10;
  CHECK_NOTHROW(Trainer(config, tiny_digits()));
}
