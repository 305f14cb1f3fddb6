#include <algorithm>
#include <array>
#include <future>
#include <memory>
#include <utility>

#include <zlib.h>

#include <keel/core/error.h>
#include <keel/core/huge_pages.h>
#include <keel/data/idx.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kLabelsMagic = 0x0801;  // unsigned bytes, one axis
constexpr std::uint32_t kImagesMagic = 0x0803;  // unsigned bytes, three axes

// An IDX file as a stream of unpacked bytes; zlib passes a plain file through unchanged.
class IdxReader {
 public:
  explicit IdxReader(const fs::path& path)
      : path_(path.string()), file_(gzopen(path_.c_str(), "rb"), gzclose_r) {
    check_data(file_ != nullptr, "{}: cannot open it", path_);
  }

  // The extents in the header. Throws unless the magic number is the expected one.
  template <std::size_t kAxes>
  std::array<std::int64_t, kAxes> header(std::uint32_t magic, std::string_view content) {
    const std::uint32_t found = word();
    check_data(found == magic,
               "{}: offset 0: expected the magic number {:#010x} of IDX {}, found {:#010x}", path_,
               magic, content, found);
    std::array<std::int64_t, kAxes> extents;
    for (auto& extent : extents) {
      extent = word();
      check_data(extent > 0, "{}: offset {}: expected an extent above 0, found 0", path_,
                 offset_ - 4);
    }
    return extents;
  }

  // Exactly `size` bytes, which must be the rest of the file. Memory is used as they arrive, and
  // little of it set aside before that: a header that lies costs nothing.
  std::vector<std::uint8_t> rest(std::uint64_t size) {
    constexpr std::uint64_t kStep = 1 << 20;
    constexpr std::uint64_t kSetAside = 1 << 28;
    std::vector<std::uint8_t> bytes;
    bytes.reserve(std::min(size, kSetAside));
    prefer_huge_pages(bytes.data(), bytes.capacity());
    while (bytes.size() < size) {
      const std::size_t old = bytes.size();
      const std::size_t step = std::min(kStep, size - old);
      bytes.resize(old + step);
      const std::size_t count = read(bytes.data() + old, step);
      check_data(count == step,
                 "{}: expected {} bytes after the header, found {}; the file is truncated", path_,
                 size, old + count);
    }
    std::uint8_t surplus = 0;
    check_data(read(&surplus, 1) == 0, "{}: expected {} bytes after the header, found more", path_,
               size);
    return bytes;
  }

 private:
  std::uint32_t word() {
    const std::uint64_t start = offset_;
    std::array<std::uint8_t, 4> bytes{};
    check_data(read(bytes.data(), bytes.size()) == bytes.size(),
               "{}: offset {}: the header is truncated", path_, start);
    std::uint32_t value = 0;
    for (const std::uint8_t byte : bytes) value = (value << 8) | byte;
    return value;
  }

  // Bytes read: fewer than `size` only at the end, be it too early. Throws on damaged gzip data.
  std::size_t read(std::uint8_t* out, std::size_t size) {
    const int count = gzread(file_.get(), out, static_cast<unsigned>(size));
    // A stream that merely stops too early is no failure here: the caller knows what is missing.
    check_data(count >= 0, "{}: offset {}: damaged gzip data", path_, offset_);
    offset_ += static_cast<std::uint64_t>(count);
    return static_cast<std::size_t>(count);
  }

  std::string path_;
  std::unique_ptr<gzFile_s, int (*)(gzFile)> file_;
  std::uint64_t offset_ = 0;  // in the unpacked bytes
};

// In any of the spellings; empty where there is none.
fs::path find_file(const fs::path& folder, std::string_view half, std::string_view content,
                   std::string_view type) {
  for (const char* pattern :
       {"{}-{}-{}-ubyte", "{}-{}-{}-ubyte.gz", "{}-{}.{}-ubyte", "{}-{}.{}-ubyte.gz"}) {
    fs::path path = folder / fmt::format(fmt::runtime(pattern), half, content, type);
    std::error_code ignored;
    if (fs::is_regular_file(path, ignored)) return path;
  }
  return {};
}

}  // namespace

Dataset load_idx(const IdxFiles& files, std::string name, std::vector<std::string> classes) {
  Dataset dataset;
  dataset.name = std::move(name);
  dataset.classes = std::move(classes);
  dataset.channels = 1;

  IdxReader images(files.images);
  const auto [count, height, width] = images.header<3>(kImagesMagic, "images");
  constexpr std::int64_t kMaxSide = 1 << 14;
  check_data(height <= kMaxSide && width <= kMaxSide,
             "{}: offset 8: expected images of at most {} x {}, found {} x {}",
             files.images.string(), kMaxSide, kMaxSide, height, width);
  dataset.height = height;
  dataset.width = width;
  dataset.images = images.rest(static_cast<std::uint64_t>(count * dataset.image_bytes()));

  IdxReader labels(files.labels);
  const auto [label_count] = labels.header<1>(kLabelsMagic, "labels");
  check_data(label_count == count, "{}: expected {} labels for the images in {}, found {}",
             files.labels.string(), count, files.images.string(), label_count);
  const auto bytes = labels.rest(static_cast<std::uint64_t>(label_count));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    check_data(bytes[i] < dataset.classes.size(), "{}: label {}: expected 0 to {}, found {}",
               files.labels.string(), i, dataset.classes.size() - 1, bytes[i]);
  }
  dataset.labels.assign(bytes.begin(), bytes.end());
  return dataset;
}

std::optional<IdxFiles> find_idx_files(const fs::path& folder, std::string_view half) {
  IdxFiles files{find_file(folder, half, "images", "idx3"),
                 find_file(folder, half, "labels", "idx1")};
  if (files.images.empty() || files.labels.empty()) return std::nullopt;
  return files;
}

std::optional<std::vector<std::string>> missing_idx_files(const fs::path& folder) {
  constexpr std::size_t kFiles = 4;
  std::vector<std::string> missing;
  for (const char* half : {"train", "t10k"}) {
    for (const auto& [content, type] : {std::pair("images", "idx3"), {"labels", "idx1"}}) {
      if (find_file(folder, half, content, type).empty()) {
        missing.push_back(fmt::format("{}-{}-{}-ubyte", half, content, type));
      }
    }
  }
  if (missing.size() == kFiles) return std::nullopt;
  return missing;
}

std::vector<std::string> mnist_family_classes(std::string_view name) {
  if (name == "mnist") return {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"};
  if (name == "fashion-mnist") {
    return {"T-shirt/top", "Trouser", "Pullover", "Dress", "Coat",
            "Sandal",      "Shirt",   "Sneaker",  "Bag",   "Ankle boot"};
  }
  check(name == "kmnist", "mnist family: expected mnist, fashion-mnist or kmnist, got {}", name);
  return {"o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo"};
}

DatasetSplits load_mnist_family(const fs::path& folder, const std::string& name) {
  const auto load = [&](std::string_view half) {
    const auto files = find_idx_files(folder, half);
    check_data(files.has_value(),
               "{}: expected {}-images-idx3-ubyte and {}-labels-idx1-ubyte (or either .gz)",
               folder.string(), half, half);
    return load_idx(*files, name, mnist_family_classes(name));
  };
  auto test = std::async(std::launch::async, load, "t10k");
  DatasetSplits splits{load("train"), {}};
  splits.test = test.get();
  check_data(splits.train.height == splits.test.height && splits.train.width == splits.test.width,
             "{}: training images are {} x {}, test images {} x {}", folder.string(),
             splits.train.height, splits.train.width, splits.test.height, splits.test.width);
  return splits;
}

}  // namespace keel
