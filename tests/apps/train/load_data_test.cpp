#include "apps/train/load_data.h"

#include <algorithm>

#include "tests/support/test.h"

TEST_CASE("load_data: images are made black and white where asked") {
  keel::TrainConfig config;
  config.data = "digits";
  config.limit_train = config.limit_test = 20;
  const auto is_extreme = [](std::uint8_t v) { return v == 0 || v == 255; };
  const keel::DatasetSplits grey = keel::load_data(config);
  config.binarize = 0.5;
  const keel::DatasetSplits data = keel::load_data(config);
  for (const auto& [before, after] :
       {std::pair(&grey.train, &data.train), std::pair(&grey.test, &data.test)}) {
    CHECK(!std::all_of(before->images.begin(), before->images.end(), is_extreme));
    CHECK(std::all_of(after->images.begin(), after->images.end(), is_extreme));
    for (std::size_t i = 0; i < before->images.size(); ++i) {
      REQUIRE((after->images[i] == 255) == (before->images[i] >= 128));
    }
  }
}
