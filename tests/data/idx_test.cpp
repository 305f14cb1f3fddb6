#include <string>

#include <zlib.h>

#include <keel/core/error.h>
#include <keel/data/idx.h>

#include "tests/support/real_data.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::testing::TempFolder;

namespace {

std::string word(std::uint32_t value) {
  std::string bytes;
  for (int shift = 24; shift >= 0; shift -= 8) bytes += static_cast<char>((value >> shift) & 0xFF);
  return bytes;
}

// Three images of 2 x 3 pixels whose bytes count up from 0.
std::string images_file(std::uint32_t count = 3) {
  std::string bytes = word(0x803) + word(count) + word(2) + word(3);
  for (int i = 0; i < 18; ++i) bytes += static_cast<char>(i);
  return bytes;
}

std::string labels_file() {
  return word(0x801) + word(3) + std::string("\1\0\2", 3);
}

std::string gzip(const TempFolder& folder, const std::string& bytes) {
  const auto path = folder.path() / "packed";
  gzFile file = gzopen(path.c_str(), "wb");
  gzwrite(file, bytes.data(), static_cast<unsigned>(bytes.size()));
  gzclose(file);
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

keel::Dataset load(const TempFolder& folder, const std::string& images, const std::string& labels) {
  return keel::load_idx({folder.write("images", images), folder.write("labels", labels)}, "tiny",
                        {"a", "b", "c"});
}

}  // namespace

TEST_CASE("idx: images and labels are read, plain or compressed") {
  const TempFolder folder;
  const bool packed = GENERATE(false, true);
  const auto pack = [&](const std::string& bytes) { return packed ? gzip(folder, bytes) : bytes; };
  const keel::Dataset set = load(folder, pack(images_file()), pack(labels_file()));
  CHECK(set.name == "tiny");
  CHECK(set.size() == 3);
  CHECK(set.height == 2);
  CHECK(set.width == 3);
  CHECK(set.channels == 1);
  CHECK(set.labels == std::vector<std::int32_t>{1, 0, 2});
  REQUIRE(set.images.size() == 18);
  CHECK(set.image(1)[0] == 6);
  CHECK(set.image(2)[5] == 17);
}

TEST_CASE("idx: what does not fit is refused with the file, offset, expected and found") {
  const TempFolder folder;
  const std::string images = images_file(), labels = labels_file();
  const auto fails = [&](const std::string& i, const std::string& l, const std::string& message) {
    CHECK_THROWS_WITH(load(folder, i, l), ContainsSubstring(message));
  };
  fails("", labels, "images: offset 0: the header is truncated");
  fails(images.substr(0, 10), labels, "images: offset 8: the header is truncated");
  fails(labels, labels,
        "offset 0: expected the magic number 0x00000803 of IDX images, found 0x00000801");
  fails(images, images, "labels: offset 0: expected the magic number 0x00000801");
  fails(word(0x803) + word(3) + word(0) + word(3), labels, "offset 8: expected an extent above 0");
  fails(word(0x803) + word(3) + word(1 << 20) + word(3), labels, "at most 16384 x 16384");
  fails(images.substr(0, 30), labels, "expected 18 bytes after the header, found 14");
  fails(images + "x", labels, "expected 18 bytes after the header, found more");
  fails(images, labels.substr(0, 10), "labels: expected 3 bytes after the header, found 2");
  fails(images, word(0x801) + word(2) + std::string(2, '\0'),
        "expected 3 labels for the images in");
  fails(images, word(0x801) + word(3) + "\1\2\3", "labels: label 2: expected 0 to 2, found 3");
  // 2^32 - 1 images promised by 34 bytes: refused without taking the memory for them.
  fails(images_file(0xFFFFFFFF), labels, "expected 25769803770 bytes after the header, found 18");
  // The same by a file that is large, but not that large.
  folder.write("large", images_file(0xFFFFFFFF));
  std::filesystem::resize_file(folder.path() / "large", 1 << 26);
  CHECK_THROWS_WITH(keel::load_idx({folder.path() / "large", folder.path() / "none"}, "x", {}),
                    ContainsSubstring("the file is truncated"));
  CHECK_THROWS_WITH(keel::load_idx({folder.path() / "none", folder.path() / "none"}, "x", {}),
                    ContainsSubstring("none: cannot open it"));
}

TEST_CASE("idx: damaged gzip data is reported as such") {
  const TempFolder folder;
  std::string packed = gzip(folder, images_file());
  CHECK_THROWS_WITH(load(folder, packed.substr(0, packed.size() - 14), labels_file()),
                    ContainsSubstring("the file is truncated"));
  packed[packed.size() - 6] ^= 1;  // its checksum
  CHECK_THROWS_WITH(load(folder, packed, labels_file()), ContainsSubstring(": damaged gzip data"));
}

TEST_CASE("mnist family: either spelling of the file names is found") {
  const TempFolder folder;
  folder.write("train-images-idx3-ubyte", images_file());
  folder.write("train-labels.idx1-ubyte.gz", gzip(folder, labels_file()));
  folder.write("t10k-images-idx3-ubyte.gz", gzip(folder, images_file()));
  CHECK(keel::find_idx_files(folder.path(), "train").has_value());
  CHECK_FALSE(keel::find_idx_files(folder.path(), "t10k").has_value());
  CHECK_THROWS_WITH(keel::load_mnist_family(folder.path(), "kmnist"),
                    ContainsSubstring("expected t10k-images-idx3-ubyte"));

  folder.write("t10k-labels.idx1-ubyte", labels_file());
  const keel::DatasetSplits splits = keel::load_mnist_family(folder.path(), "fashion-mnist");
  CHECK(splits.train.size() == 3);
  CHECK(splits.test.size() == 3);
  CHECK(splits.test.classes.at(9) == "Ankle boot");

  folder.write("t10k-images-idx3-ubyte.gz", word(0x803) + word(3) + word(1) + word(1) + "abc");
  CHECK_THROWS_WITH(keel::load_mnist_family(folder.path(), "mnist"),
                    ContainsSubstring("training images are 2 x 3, test images 1 x 1"));
  CHECK_THROWS_WITH(keel::mnist_family_classes("emnist"), ContainsSubstring("got emnist"));
}

TEST_CASE("mnist family: the real MNIST") {
  const auto folder = keel::testing::real_data("mnist");
  if (!folder) {
    WARN("this test is skipped: no real mnist");
    return;
  }
  const keel::DatasetSplits mnist = keel::load_mnist_family(*folder, "mnist");
  CHECK(mnist.train.size() == 60000);
  CHECK(mnist.test.size() == 10000);
  CHECK(mnist.train.height == 28);
  CHECK(mnist.train.width == 28);
  const auto& train = mnist.train.labels;
  CHECK(std::vector<std::int32_t>(train.begin(), train.begin() + 5) ==
        std::vector<std::int32_t>{5, 0, 4, 1, 9});
  CHECK(mnist.test.labels.front() == 7);
  std::int64_t ink = 0;
  for (const std::uint8_t pixel : mnist.train.image(0)) ink += pixel;
  CHECK(ink == 27525);  // the five that every tutorial shows first
}
