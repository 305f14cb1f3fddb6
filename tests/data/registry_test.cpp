#include <string>

#include <keel/core/error.h>
#include <keel/data/registry.h>

#include "tests/support/environment.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::testing::Environment;
using keel::testing::TempFolder;
using namespace std::string_literals;

namespace {

// Two images of 1 x 1 pixel and their labels, as all four files of a relative of MNIST.
void write_idx_set(const TempFolder& folder, const std::filesystem::path& name) {
  for (const std::string half : {"train", "t10k"}) {
    folder.write(name / (half + "-images-idx3-ubyte"),
                 "\0\0\x08\3\0\0\0\2\0\0\0\1\0\0\0\1\x10\x20"s);
    folder.write(name / (half + "-labels-idx1-ubyte"), "\0\0\x08\1\0\0\0\2\7\3"s);
  }
}

}  // namespace

TEST_CASE("registry: the table is whole") {
  CHECK(keel::known_sets().size() == 7);
  for (const keel::KnownSet& set : keel::known_sets()) {
    INFO(set.name);
    CHECK(keel::find_known_set(set.name) == &set);
    for (const keel::RemoteFile& file : set.files) {
      CHECK(file.bytes > 0);
      CHECK(file.sha256.size() == 64);
      CHECK(file.sha256.find_first_not_of("0123456789abcdef") == std::string::npos);
      CHECK(file.urls.size() >= 2);
    }
  }
  CHECK(keel::known_set("mnist").download_bytes() == 11594722);
  CHECK(keel::known_set("digits").download_bytes() == 0);
}

TEST_CASE("registry: a set is loaded from its own folder or from the data folder") {
  const TempFolder folder;
  const auto& mnist = keel::known_set("mnist");
  CHECK_FALSE(keel::find_dataset(mnist, folder.path()).has_value());
  write_idx_set(folder, "");
  CHECK(keel::find_dataset(mnist, folder.path()) == folder.path());
  write_idx_set(folder, "mnist");
  CHECK(keel::find_dataset(mnist, folder.path()) == folder.path() / "mnist");

  const auto splits = keel::load_dataset({.name = "mnist", .data_dir = folder.path()});
  CHECK(splits.train.name == "mnist");
  CHECK(splits.test.labels == std::vector<std::int32_t>{7, 3});
  CHECK_FALSE(keel::find_dataset(keel::known_set("digits"), folder.path()).has_value());
}

TEST_CASE("registry: MNIST's relatives are never mistaken for one another") {
  const TempFolder folder;
  write_idx_set(folder, "");
  const auto& kmnist = keel::known_set("kmnist");
  CHECK_FALSE(keel::find_dataset(kmnist, folder.path()).has_value());
  write_idx_set(folder, "kmnist");
  CHECK(keel::find_dataset(kmnist, folder.path()) == folder.path() / "kmnist");
  CHECK(keel::find_dataset(kmnist, folder.path() / "kmnist" / "").has_value());
  CHECK_FALSE(keel::find_dataset(keel::known_set("mnist"), folder.path() / "kmnist").has_value());
}

TEST_CASE("registry: what is missing or unknown is explained") {
  const TempFolder folder;
  CHECK_THROWS_WITH(
      keel::load_dataset({.name = "mnist", .data_dir = folder.path()}),
      ContainsSubstring((folder.path() / "mnist").string() + ", " + folder.path().string() +
                        "; get it with: keel data get mnist --data-dir " + folder.path().string()));
  write_idx_set(folder, "mnist");
  std::filesystem::remove(folder.path() / "mnist" / "t10k-labels-idx1-ubyte");
  CHECK_THROWS_WITH(keel::load_dataset({.name = "mnist", .data_dir = folder.path()}),
                    ContainsSubstring("mnist (without t10k-labels-idx1-ubyte), "));
  CHECK_THROWS_WITH(
      keel::load_dataset({.name = "cifar10", .data_dir = folder.path()}),
      ContainsSubstring("cifar-10-binary.tar.gz; get it with: keel data get cifar10"));
  for (const char* file : {"data_batch_1.bin", "data_batch_2.bin", "data_batch_4.bin",
                           "data_batch_5.bin", "batches.meta.txt"}) {
    folder.write(std::filesystem::path("cifar-10-batches-bin") / file, "x");
  }
  CHECK_THROWS_WITH(
      keel::load_dataset({.name = "cifar10", .data_dir = folder.path()}),
      ContainsSubstring("cifar-10-batches-bin (without data_batch_3.bin, test_batch.bin), "));
  CHECK_THROWS_WITH(keel::load_dataset({.name = "cifar-10"}),
                    ContainsSubstring("unknown data set 'cifar-10'; did you mean 'cifar10'?"));
  CHECK_THROWS_WITH(keel::load_dataset({.name = "./images"}), "./images: no such folder");
  CHECK_THROWS_WITH(keel::load_dataset({.name = "imagenet"}),
                    ContainsSubstring("unknown data set 'imagenet'. Known: digits, shapes"));
  CHECK_THROWS_WITH(
      keel::load_dataset({.name = "mnist", .image_folder = {.colour = keel::ColourMode::kColour}}),
      ContainsSubstring("its images are 28 x 28 with 1 channel(s)"));
}

TEST_CASE("registry: a path is a folder of images") {
  const TempFolder folder;
  for (const char* name : {"a/1.pgm", "a/2.pgm", "b/1.pgm", "b/2.pgm"}) {
    folder.write(name, "P5 1 1 255\nx");
  }
  const auto splits = keel::load_dataset({.name = folder.path().string()});
  CHECK(splits.train.size() == 2);
  CHECK(splits.train.name == folder.path().filename().string());
}

TEST_CASE("registry: data lie in KEEL_DATA, else in the home folder's cache") {
  const Environment home("HOME", "/home/ada");
  {
    const Environment chosen("KEEL_DATA", "/srv/sets");
    CHECK(keel::default_data_dir() == "/srv/sets");
  }
  const Environment unset("KEEL_DATA", nullptr);
  CHECK(keel::default_data_dir() == "/home/ada/.cache/keel");
  const Environment homeless("HOME", nullptr);
  CHECK_THROWS_WITH(keel::default_data_dir(), ContainsSubstring("set KEEL_DATA"));
}

TEST_CASE("registry: the sets that Keel draws are what the table says and need no folder") {
  const std::string name = GENERATE(as<std::string>(), "digits", "shapes");
  const keel::KnownSet& set = keel::known_set(name);
  const auto splits = keel::load_dataset({.name = name, .data_dir = "/nowhere"});
  CHECK(splits.train.name == name);
  CHECK(splits.train.size() == set.train_count);
  CHECK(splits.test.size() == set.test_count);
  CHECK(splits.train.height == set.image_size.height);
  CHECK(splits.train.width == set.image_size.width);
  CHECK(splits.train.channels == set.channels);
  CHECK(static_cast<std::int64_t>(splits.train.classes.size()) == set.classes);
}
