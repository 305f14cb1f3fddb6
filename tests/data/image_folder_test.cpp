#include <algorithm>
#include <string>

#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/data/image_folder.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::testing::TempFolder;

namespace {

// A flat image in the binary PNM formats, whose pixels are the sample bytes as they stand.
std::string pgm(int height, int width, int grey) {
  return "P5 " + std::to_string(width) + " " + std::to_string(height) + " 255\n" +
         std::string(static_cast<std::size_t>(height * width), static_cast<char>(grey));
}

std::string ppm(int height, int width, const std::string& colour) {
  std::string bytes = "P6 " + std::to_string(width) + " " + std::to_string(height) + " 255\n";
  for (int i = 0; i < height * width; ++i) bytes += colour;
  return bytes;
}

// Ten images of each of two classes; the first pixel is 100 * class + index.
void write_two_classes(const TempFolder& folder) {
  for (int i = 9; i >= 0; --i) {
    const std::string name = std::to_string(i) + ".pgm";
    folder.write("b/" + name, pgm(2, 3, 100 + i));
    folder.write("a/" + name, pgm(2, 3, i));
  }
}

std::vector<int> first_pixels(const keel::Dataset& set) {
  std::vector<int> values;
  for (std::int64_t i = 0; i < set.size(); ++i) values.push_back(set.image(i)[0]);
  return values;
}

}  // namespace

TEST_CASE("image folder: a split is stratified, complete and decided by the seed alone") {
  const TempFolder folder;
  write_two_classes(folder);
  folder.write("a/notes.txt", "not an image");
  folder.write(".hidden/0.pgm", pgm(9, 9, 0));
  const keel::DatasetSplits splits =
      keel::load_image_folder(folder.path(), {.test_fraction = 0.3, .seed = 1});
  CHECK(splits.train.name == folder.path().filename().string());
  CHECK(keel::load_image_folder(folder.path() / "").train.name == splits.train.name);
  CHECK(splits.train.classes == std::vector<std::string>{"a", "b"});
  CHECK(splits.train.height == 2);
  CHECK(splits.train.width == 3);
  CHECK(splits.train.channels == 1);
  const auto count_of_b = [](const keel::Dataset& set) {
    return std::count(set.labels.begin(), set.labels.end(), 1);
  };
  CHECK(splits.train.size() == 14);
  CHECK(count_of_b(splits.train) == 7);
  CHECK(splits.test.size() == 6);
  CHECK(count_of_b(splits.test) == 3);

  const std::vector<int> train = first_pixels(splits.train), test = first_pixels(splits.test);
  for (std::size_t i = 0; i < train.size(); ++i) {
    CHECK(splits.train.labels[i] == (train[i] >= 100 ? 1 : 0));
  }
  std::vector<int> all = train;
  all.insert(all.end(), test.begin(), test.end());
  std::sort(all.begin(), all.end());
  CHECK(all == std::vector<int>{0,   1,   2,   3,   4,   5,   6,   7,   8,   9,
                                100, 101, 102, 103, 104, 105, 106, 107, 108, 109});

  const keel::testing::ThreadCount restored;
  keel::set_num_threads(3);
  const auto again = keel::load_image_folder(folder.path(), {.test_fraction = 0.3, .seed = 1});
  CHECK(first_pixels(again.train) == train);
  CHECK(first_pixels(again.test) == test);
  const auto other = keel::load_image_folder(folder.path(), {.test_fraction = 0.3, .seed = 2});
  CHECK(first_pixels(other.test) != test);
}

TEST_CASE("image folder: the first images are of every class") {
  const TempFolder folder;
  const std::string half = GENERATE(as<std::string>(), "", "train/");
  for (int i = 0; i < 40; ++i) {
    folder.write(half + "a/" + std::to_string(i) + ".pgm", pgm(1, 1, i));
    folder.write(half + "b/" + std::to_string(i) + ".pgm", pgm(1, 1, 100 + i));
    folder.write("test/a/" + std::to_string(i) + ".pgm", pgm(1, 1, i));
    folder.write("test/b/" + std::to_string(i) + ".pgm", pgm(1, 1, 100 + i));
  }
  if (half.empty()) std::filesystem::remove_all(folder.path() / "test");
  const auto splits = keel::load_image_folder(folder.path(), {.test_fraction = 0.5, .seed = 3});
  for (const keel::Dataset* set : {&splits.train, &splits.test}) {
    const auto few = keel::first(*set, 10).labels;
    const auto count_of_b = std::count(few.begin(), few.end(), 1);
    CHECK((count_of_b >= 2 && count_of_b <= 8));
  }
}

TEST_CASE("image folder: train and test folders are taken as they are") {
  const TempFolder folder;
  const std::string test = GENERATE(as<std::string>(), "test", "val", "valid");
  folder.write("train/a/1.pgm", pgm(2, 2, 1));
  folder.write("train/b/1.PGM", pgm(2, 2, 2));
  folder.write(test + "/b/1.pgm", pgm(2, 2, 3));
  const keel::DatasetSplits splits = keel::load_image_folder(folder.path());
  std::vector<int> train = first_pixels(splits.train);
  std::sort(train.begin(), train.end());
  CHECK(train == std::vector<int>{1, 2});
  CHECK(splits.test.labels == std::vector<std::int32_t>{1});
  CHECK(splits.test.classes == splits.train.classes);
  CHECK(first_pixels(splits.test) == std::vector<int>{3});
  folder.write(test + "/c/1.pgm", pgm(2, 2, 3));
  CHECK_THROWS_WITH(keel::load_image_folder(folder.path()), ContainsSubstring("c: a class that"));
}

TEST_CASE("image folder: one colour image makes all colour, unless a mode is asked for") {
  const TempFolder folder;
  write_two_classes(folder);
  CHECK(keel::load_image_folder(folder.path(), {.colour = keel::ColourMode::kColour})
            .train.channels == 3);
  folder.write("b/z.ppm", ppm(2, 3, "\x64\x32\x19"));
  const keel::DatasetSplits colour = keel::load_image_folder(folder.path());
  CHECK(colour.train.channels == 3);
  CHECK(colour.train.image(0)[0] == colour.train.image(0)[2]);
  const auto grey = keel::load_image_folder(folder.path(), {.colour = keel::ColourMode::kGrey});
  CHECK(grey.train.channels == 1);
}

TEST_CASE("image folder: different sizes need image_size") {
  const TempFolder folder;
  write_two_classes(folder);
  folder.write("b/5.pgm", pgm(4, 6, 105));
  CHECK_THROWS_WITH(keel::load_image_folder(folder.path()),
                    ContainsSubstring("b/5.pgm is 4 x 6 but") &&
                        ContainsSubstring("0.pgm, like most, is 2 x 3: --image-size brings all") &&
                        ContainsSubstring("--skip-bad-images"));
  const auto splits = keel::load_image_folder(folder.path(), {.image_size = keel::ImageSize{3, 5}});
  CHECK(splits.train.height == 3);
  CHECK(splits.train.width == 5);
  CHECK(splits.train.images.size() == 16 * 15);
  CHECK_THROWS_WITH(keel::load_image_folder(folder.path(), {.image_size = keel::ImageSize{0, 5}}),
                    ContainsSubstring("expected 1 to 4096, got 0 x 5"));
}

TEST_CASE("image folder: images of another size than most are skipped and reported") {
  const TempFolder folder;
  write_two_classes(folder);
  folder.write("a/0.pgm", pgm(4, 6, 0));  // the first one found
  std::vector<std::string> skipped;
  const auto splits = keel::load_image_folder(folder.path(), {.skip_bad_images = true}, &skipped);
  CHECK(splits.train.height == 2);
  CHECK(splits.train.size() + splits.test.size() == 19);
  REQUIRE(skipped.size() == 1);
  CHECK_THAT(skipped[0], ContainsSubstring("a/0.pgm is 4 x 6 but"));
}

TEST_CASE("image folder: unreadable images are named, or skipped and reported") {
  const TempFolder folder;
  write_two_classes(folder);
  folder.write("a/empty.png", "");
  folder.write("a/cut.pgm", pgm(2, 3, 0).substr(0, 14));  // a good header, too few pixels
  folder.write("b/bomb.pgm", "P5 60000 60000 255\n");
  CHECK_THROWS_WITH(
      keel::load_image_folder(folder.path()),
      ContainsSubstring("cut.pgm: expected 6 bytes") && ContainsSubstring("--skip-bad-images"));

  std::vector<std::string> skipped;
  const auto splits = keel::load_image_folder(folder.path(), {.skip_bad_images = true}, &skipped);
  CHECK(splits.train.size() + splits.test.size() == 20);
  REQUIRE(skipped.size() == 3);
  CHECK_THAT(skipped[0], ContainsSubstring("cut.pgm: expected 6 bytes of pixels, found 3"));
  CHECK_THAT(skipped[1], ContainsSubstring("empty.png: not a readable"));
  CHECK_THAT(skipped[2],
             ContainsSubstring("bomb.pgm: expected at most 67108864 pixels, found 60000"));
}

TEST_CASE("image folder: folders that are no such set are explained") {
  const TempFolder folder;
  const auto fails = [&](const std::string& message) {
    CHECK_THROWS_WITH(keel::load_image_folder(folder.path()), ContainsSubstring(message));
  };
  CHECK_THROWS_WITH(keel::load_image_folder(folder.path() / "none"),
                    ContainsSubstring("none: expected a folder of images per class"));
  fails("expected a folder of images per class, found 0 folder(s)");
  folder.write("a/1.pgm", pgm(1, 1, 0));
  fails("a: expected at least 2 images to split into two halves, found 1");
  folder.write("a/2.pgm", pgm(1, 1, 0));
  fails("found 1 folder(s)");
  folder.write("b/readme.txt", "");
  fails("b: expected images (.jpg .jpeg .png .bmp .pgm .ppm), found none");
  CHECK_THROWS_WITH(keel::load_image_folder(folder.path(), {.test_fraction = 1.5}),
                    ContainsSubstring("between 0 and 1, got 1.5"));
}
