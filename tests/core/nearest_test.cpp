#include <keel/core/nearest.h>

#include "tests/support/test.h"

TEST_CASE("edit_distance counts insertions, deletions and replacements") {
  CHECK(keel::edit_distance("", "") == 0);
  CHECK(keel::edit_distance("", "abc") == 3);
  CHECK(keel::edit_distance("abc", "") == 3);
  CHECK(keel::edit_distance("kitten", "sitting") == 3);
  CHECK(keel::edit_distance("MNIST", "mnist") == 0);
}

TEST_CASE("nearest suggests a name only if it is near") {
  const std::vector<std::string> names{"mnist", "kmnist", "fashion-mnist", "cifar10", "cifar100"};
  CHECK(keel::nearest("mnits", names) == "mnist");
  CHECK(keel::nearest("CIFAR-10", names) == "cifar10");
  CHECK(keel::nearest("fashionmnist", names) == "fashion-mnist");
  CHECK_FALSE(keel::nearest("imagenet", names).has_value());
  CHECK(keel::nearest("sg", {"adam", "sgd"}) == "sgd");
  CHECK_FALSE(keel::nearest("foo", {"frn", "group"}).has_value());
  CHECK_FALSE(keel::nearest("x", {}).has_value());
}

TEST_CASE("an unknown name is answered with the nearest one and all that are known") {
  CHECK(keel::unknown_name("norm", "bacth", {"batch", "layer"}) ==
        "unknown norm 'bacth'; did you mean 'batch'? Known: batch, layer");
  CHECK(keel::unknown_name("norm", "something", {"batch", "layer"}) ==
        "unknown norm 'something'. Known: batch, layer");
}
