#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include <archive.h>
#include <archive_entry.h>

#include <keel/core/error.h>
#include <keel/data/cifar.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::testing::TempFolder;

namespace {

constexpr std::size_t kPlane = 1024;

// One record: its label bytes, then planes of constant red, green and blue.
std::string record(const std::string& labels, int red, int green, int blue) {
  std::string bytes = labels;
  for (const int value : {red, green, blue}) bytes += std::string(kPlane, static_cast<char>(value));
  return bytes;
}

std::string label(int value) {
  return {static_cast<char>(value)};
}

using Files = std::vector<std::pair<std::string, std::string>>;

// Batch b holds the record of label b; the test batch one of label 9 whose red plane counts up.
Files cifar10_files() {
  Files files;
  for (int b = 5; b >= 1; --b) {
    files.emplace_back("data_batch_" + std::to_string(b) + ".bin",
                       record(label(b), b, 2 * b, 3 * b));
  }
  std::string test = record(label(9), 0, 100, 200);
  for (std::size_t i = 0; i < kPlane; ++i) test[1 + i] = static_cast<char>(i & 0xFF);
  files.emplace_back("test_batch.bin", test);
  return files;
}

void write(const std::filesystem::path& folder, const TempFolder& root, const Files& files) {
  for (const auto& [name, bytes] : files) root.write(folder / name, bytes);
}

void write_archive(const std::filesystem::path& path, const Files& files) {
  archive* writer = archive_write_new();
  archive_write_add_filter_gzip(writer);
  archive_write_set_format_ustar(writer);
  archive_write_open_filename(writer, path.c_str());
  for (const auto& [name, bytes] : files) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, ("cifar-batches/" + name).c_str());
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_write_header(writer, entry);
    archive_write_data(writer, bytes.data(), bytes.size());
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

}  // namespace

TEST_CASE("cifar10: a folder and an archive give the same set, in the order of the batches") {
  const TempFolder folder;
  write("", folder, cifar10_files());
  write_archive(folder.path() / "cifar.tar.gz", cifar10_files());
  const auto source = GENERATE(as<std::string>(), "", "cifar.tar.gz");
  const keel::DatasetSplits splits = keel::load_cifar(folder.path() / source, "cifar10");

  CHECK(splits.train.labels == std::vector<std::int32_t>{1, 2, 3, 4, 5});
  CHECK(splits.test.labels == std::vector<std::int32_t>{9});
  CHECK(splits.train.height == 32);
  CHECK(splits.train.width == 32);
  CHECK(splits.train.channels == 3);
  CHECK(splits.train.classes.size() == 10);
  CHECK(splits.test.classes.at(9) == "truck");
  REQUIRE(splits.train.images.size() == 5 * 3 * kPlane);
  CHECK(splits.train.image(3)[0] == 4);   // red
  CHECK(splits.train.image(3)[1] == 8);   // green
  CHECK(splits.train.image(3)[2] == 12);  // blue
  const auto image = splits.test.image(0);
  CHECK(image[3 * 33] == 33);  // row 1, column 1 of the plane that counts up
  CHECK(image[3 * 33 + 2] == 200);
}

TEST_CASE("cifar100: the fine label counts, and names beside the data are used") {
  const TempFolder folder;
  const std::string coarse = label(19);
  Files files{
      {"train.bin", record(coarse + label(99), 1, 2, 3) + record(coarse + label(0), 4, 5, 6)},
      {"test.bin", record(coarse + label(7), 1, 2, 3)}};
  write("", folder, files);
  const keel::DatasetSplits published = keel::load_cifar(folder.path(), "cifar100");
  CHECK(published.train.labels == std::vector<std::int32_t>{99, 0});
  CHECK(published.test.labels == std::vector<std::int32_t>{7});
  REQUIRE(published.train.classes.size() == 100);
  CHECK(published.train.classes.front() == "apple");
  CHECK(published.train.classes.back() == "worm");
  CHECK(std::is_sorted(published.train.classes.begin(), published.train.classes.end()));

  std::string names;
  for (int i = 0; i < 100; ++i) names += "class" + std::to_string(i) + "\r\n";
  folder.write("fine_label_names.txt", names + "\n");
  CHECK(keel::load_cifar(folder.path(), "cifar100").test.classes.at(42) == "class42");
  folder.write("fine_label_names.txt", "just one");
  CHECK_THROWS_WITH(keel::load_cifar(folder.path(), "cifar100"),
                    ContainsSubstring("fine_label_names.txt: expected 100 class names, found 2"));
}

TEST_CASE("cifar: damage is named by file, bytes and record") {
  const TempFolder folder;
  const auto fails = [&](const std::string& message) {
    CHECK_THROWS_WITH(keel::load_cifar(folder.path(), "cifar10"), ContainsSubstring(message));
  };
  fails("expected a file data_batch_1.bin of cifar10, found none");
  write("", folder, cifar10_files());
  const std::string good = record(label(2), 0, 0, 0);

  folder.write("data_batch_2.bin", good + good.substr(0, 100));
  fails(
      "data_batch_2.bin: expected records of 3073 bytes, found 3173 bytes, which is 1 records and "
      "100 bytes");
  folder.write("data_batch_2.bin", "");
  fails("data_batch_2.bin: expected records of 3073 bytes, found 0 bytes");
  folder.write("data_batch_2.bin", good + record(label(10), 0, 0, 0));
  fails("data_batch_2.bin: record 1 (offset 3073): expected a label from 0 to 9, found 10");

  CHECK_THROWS_WITH(keel::load_cifar(folder.path(), "cifar20"), ContainsSubstring("got cifar20"));
}

TEST_CASE("cifar: a damaged archive is refused") {
  const TempFolder folder;
  CHECK_THROWS_WITH(keel::load_cifar(folder.path() / "none.tar.gz", "cifar10"),
                    ContainsSubstring("none.tar.gz: cannot read the archive"));
  const auto text = folder.write("text.tar.gz", "an error page instead of data");
  CHECK_THROWS_WITH(keel::load_cifar(text, "cifar10"),
                    ContainsSubstring("text.tar.gz: cannot read the archive"));
  const auto whole = folder.path() / "whole.tar.gz";
  write_archive(whole, cifar10_files());
  std::filesystem::resize_file(whole, std::filesystem::file_size(whole) / 2);
  CHECK_THROWS_WITH(keel::load_cifar(whole, "cifar10"), ContainsSubstring("whole.tar.gz"));
}

TEST_CASE("cifar: each place is recognised by its data, and what it lacks is named") {
  const TempFolder folder;
  const auto places = keel::cifar_places(folder.path(), "cifar100");
  std::size_t held = 0;
  const auto missing = [&] { return keel::missing_cifar_files(places.at(held), "cifar100"); };
  using Names = std::vector<std::string>;
  for (const char* place : {"cifar100", "cifar100/cifar-100-binary", "cifar-100-binary", ""}) {
    CHECK_FALSE(missing().has_value());
    folder.write(std::filesystem::path(place) / "test.bin", "x");
    CHECK(missing() == Names{"train.bin"});
    folder.write(std::filesystem::path(place) / "train.bin", "x");
    CHECK(missing() == Names{});
    ++held;
  }
  for (const char* archive : {"cifar100/cifar-100-binary.tar.gz", "cifar-100-binary.tar.gz"}) {
    CHECK_FALSE(missing().has_value());
    folder.write(archive, "x");
    CHECK(missing() == Names{});
    ++held;
  }
  CHECK(held == places.size());
}
