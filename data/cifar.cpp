#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <sstream>
#include <string_view>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/huge_pages.h>
#include <keel/data/archive.h>
#include <keel/data/cifar.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t kSide = 32, kChannels = 3;
constexpr std::size_t kPlaneBytes = kSide * kSide, kImageBytes = kPlaneBytes * kChannels;

// What distinguishes the two sets.
struct Layout {
  std::string name;
  std::size_t label_bytes;
  std::vector<std::string> train_files;
  std::string test_file, names_file;
  std::string folder, archive;
  std::string_view classes;  // separated by spaces
};

const Layout& layout_of(const std::string& name) {
  static const Layout cifar10{
      .name = "cifar10",
      .label_bytes = 1,
      .train_files = {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin",
                      "data_batch_4.bin", "data_batch_5.bin"},
      .test_file = "test_batch.bin",
      .names_file = "batches.meta.txt",
      .folder = "cifar-10-batches-bin",
      .archive = "cifar-10-binary.tar.gz",
      .classes = "airplane automobile bird cat deer dog frog horse ship truck"};
  static const Layout cifar100{
      .name = "cifar100",
      .label_bytes = 2,
      .train_files = {"train.bin"},
      .test_file = "test.bin",
      .names_file = "fine_label_names.txt",
      .folder = "cifar-100-binary",
      .archive = "cifar-100-binary.tar.gz",
      .classes =
          "apple aquarium_fish baby bear beaver bed bee beetle bicycle bottle bowl boy bridge bus "
          "butterfly camel can castle caterpillar cattle chair chimpanzee clock cloud cockroach "
          "couch crab crocodile cup dinosaur dolphin elephant flatfish forest fox girl hamster "
          "house kangaroo keyboard lamp lawn_mower leopard lion lizard lobster man maple_tree "
          "motorcycle mountain mouse mushroom oak_tree orange orchid otter palm_tree pear "
          "pickup_truck pine_tree plain plate poppy porcupine possum rabbit raccoon ray road "
          "rocket rose sea seal shark shrew skunk skyscraper snail snake spider squirrel streetcar "
          "sunflower sweet_pepper table tank telephone television tiger tractor train trout tulip "
          "turtle wardrobe whale willow_tree wolf woman worm"};
  check(name == cifar10.name || name == cifar100.name,
        "cifar: expected cifar10 or cifar100, got {}", name);
  return name == cifar10.name ? cifar10 : cifar100;
}

std::vector<std::string> split_words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

struct Records {
  std::vector<std::uint8_t> images;  // [N, H, W, C]
  std::vector<std::int32_t> labels;
};

Records read_records(const std::string& file, const ReadBytes& read, const Layout& layout,
                     std::size_t classes) {
  // Twice what the largest published file holds: an archive that never ends must not fill memory.
  constexpr std::size_t kMaxRecords = 100'000, kUsualRecords = 10'000;
  std::vector<std::uint8_t> record(layout.label_bytes + kImageBytes);
  Records records;
  records.images.reserve(kUsualRecords * kImageBytes);
  prefer_huge_pages(records.images.data(), records.images.capacity());
  for (std::size_t i = 0;; ++i) {
    const std::size_t count = read(record);
    if (count == 0 && i > 0) return records;
    check_data(
        count == record.size(),
        "{}: expected records of {} bytes, found {} bytes, which is {} records and {} bytes; "
        "the file is truncated",
        file, record.size(), i * record.size() + count, i, count);
    check_data(i < kMaxRecords, "{}: expected at most {} records, found more", file, kMaxRecords);
    const std::uint8_t label = record[layout.label_bytes - 1];
    check_data(label < classes,
               "{}: record {} (offset {}): expected a label from 0 to {}, found {}", file, i,
               i * record.size(), classes - 1, label);
    records.labels.push_back(label);
    const std::uint8_t* planes = record.data() + layout.label_bytes;
    records.images.resize(records.images.size() + kImageBytes);
    std::uint8_t* image = records.images.data() + i * kImageBytes;
    for (std::size_t pixel = 0; pixel < kPlaneBytes; ++pixel) {
      for (std::size_t c = 0; c < kChannels; ++c) *image++ = planes[c * kPlaneBytes + pixel];
    }
  }
}

std::vector<std::string> read_names(const std::string& file, const ReadBytes& read,
                                    std::size_t expected) {
  std::array<std::uint8_t, 1 << 14> bytes;
  const std::size_t count = read(bytes);
  std::vector<std::string> names =
      split_words({reinterpret_cast<const char*>(bytes.data()), count});
  check_data(names.size() == expected, "{}: expected {} class names, found {}", file, expected,
             names.size());
  return names;
}

void visit_folder(
    const fs::path& folder, const Layout& layout,
    const std::function<void(const std::string& name, const ReadBytes& read)>& visit) {
  std::vector<std::string> files = layout.train_files;
  files.insert(files.end(), {layout.test_file, layout.names_file});
  for (const std::string& file : files) {
    std::ifstream stream(folder / file, std::ios::binary);
    if (!stream.is_open()) continue;
    visit(file, [&](std::span<std::uint8_t> out) {
      stream.read(reinterpret_cast<char*>(out.data()), static_cast<std::streamsize>(out.size()));
      return static_cast<std::size_t>(stream.gcount());
    });
  }
}

}  // namespace

DatasetSplits load_cifar(const fs::path& source, const std::string& name) {
  const Layout& layout = layout_of(name);
  std::vector<std::string> classes = split_words(layout.classes);
  std::map<std::string, Records> files;
  const auto visit = [&](const std::string& file, const ReadBytes& read) {
    const std::string where = (source / file).string();
    const auto& train = layout.train_files;
    if (file == layout.names_file) {
      classes = read_names(where, read, classes.size());
    } else if (file == layout.test_file || std::count(train.begin(), train.end(), file) > 0) {
      files[file] = read_records(where, read, layout, classes.size());
    }
  };
  if (fs::is_directory(source)) {
    visit_folder(source, layout, visit);
  } else {
    visit_archive(source, visit);
  }

  const auto assemble = [&](const std::vector<std::string>& parts) {
    Dataset dataset;
    dataset.name = name;
    dataset.height = dataset.width = kSide;
    dataset.channels = kChannels;
    dataset.classes = classes;
    std::size_t bytes = 0;
    for (const std::string& part : parts) {
      if (files.count(part) > 0) bytes += files.at(part).images.size();
    }
    dataset.images.reserve(bytes);
    prefer_huge_pages(dataset.images.data(), dataset.images.capacity());
    for (const std::string& part : parts) {
      const auto records = files.extract(part);
      check_data(!records.empty(), "{}: expected a file {} of {}, found none", source.string(),
                 part, name);
      const auto& [images, labels] = records.mapped();
      dataset.images.insert(dataset.images.end(), images.begin(), images.end());
      dataset.labels.insert(dataset.labels.end(), labels.begin(), labels.end());
    }
    return dataset;
  };
  Dataset train = assemble(layout.train_files);
  return {std::move(train), assemble({layout.test_file})};
}

std::vector<fs::path> cifar_places(const fs::path& dir, const std::string& name) {
  const Layout& layout = layout_of(name);
  return {dir / name, dir / name / layout.folder,  dir / layout.folder,
          dir,        dir / name / layout.archive, dir / layout.archive};
}

std::optional<std::vector<std::string>> missing_cifar_files(const fs::path& source,
                                                            const std::string& name) {
  std::error_code ignored;
  if (fs::is_regular_file(source, ignored)) return std::vector<std::string>{};
  const Layout& layout = layout_of(name);
  std::vector<std::string> missing = layout.train_files;
  missing.push_back(layout.test_file);
  const auto is_there = [&](const std::string& file) {
    return fs::is_regular_file(source / file, ignored);
  };
  if (std::erase_if(missing, is_there) == 0) return std::nullopt;
  return missing;
}

}  // namespace keel
