#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
#include <span>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/parallel.h>
#include <keel/core/random.h>
#include <keel/data/image_file.h>
#include <keel/data/image_folder.h>
#include <keel/data/resize.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

// The streams that fork off the seed.
constexpr std::uint64_t kSplitStream = 0x73706C6974;  // "split"
constexpr std::uint64_t kOrderStream = 0x6F72646572;  // "order"

struct Item {
  fs::path path;
  std::int32_t label = 0;
  bool is_test = false;
  ImageInfo info{};
  Image image{};
};

// The children that `wanted` takes, by name: no result may depend on the order of the file system.
template <class Wanted>
std::vector<fs::path> children(const fs::path& folder, Wanted wanted) {
  std::error_code error;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    const bool hidden = entry.path().filename().native().front() == '.';
    if (!hidden && wanted(entry)) paths.push_back(entry.path());
  }
  check_data(!error, "{}: cannot list the folder: {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::vector<fs::path> class_folders(const fs::path& folder) {
  return children(folder, [](const fs::directory_entry& entry) { return entry.is_directory(); });
}

std::vector<Item> list_images(const fs::path& folder, std::int32_t label, bool is_test) {
  std::vector<Item> items;
  for (fs::path& path : children(folder, [](const fs::directory_entry& entry) {
         return entry.is_regular_file() && is_image_file(entry.path());
       })) {
    items.push_back({std::move(path), label, is_test});
  }
  return items;
}

// Marks a random share of one class's images as test images, at least one of each kind.
void set_aside(std::vector<Item>& items, const fs::path& folder, double fraction, Rng rng) {
  check_data(items.size() >= 2, "{}: expected at least 2 images to split into two halves, found {}",
             folder.string(), items.size());
  const auto count = std::clamp<std::size_t>(
      static_cast<std::size_t>(std::lround(fraction * static_cast<double>(items.size()))), 1,
      items.size() - 1);
  std::vector<std::size_t> order(items.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  shuffle(std::span(order), rng);
  for (std::size_t i = 0; i < count; ++i) items[order[i]].is_test = true;
}

struct Listing {
  std::vector<std::string> classes;
  std::vector<Item> items;

  void append(std::vector<Item> more) {
    items.insert(items.end(), std::move_iterator(more.begin()), std::move_iterator(more.end()));
  }
};

Listing list_folder(const fs::path& root, const ImageFolderOptions& options) {
  fs::path train = root, test;
  for (const char* name : {"test", "val", "valid"}) {
    if (!fs::is_directory(root / "train") || !fs::is_directory(root / name)) continue;
    train = root / "train";
    test = root / name;
    break;
  }
  check(!test.empty() || (options.test_fraction > 0 && options.test_fraction < 1),
        "test fraction: expected a number between 0 and 1, got {}", options.test_fraction);

  Listing listing;
  const Rng rng = Rng(options.seed).fork(kSplitStream);
  for (const fs::path& folder : class_folders(train)) {
    const auto label = static_cast<std::int32_t>(listing.classes.size());
    std::vector<Item> items = list_images(folder, label, false);
    check_data(!items.empty(), "{}: expected images (.jpg .jpeg .png .bmp .pgm .ppm), found none",
               folder.string());
    if (test.empty()) {
      set_aside(items, folder, options.test_fraction, rng.fork(static_cast<std::uint64_t>(label)));
    }
    listing.classes.push_back(folder.filename().string());
    listing.append(std::move(items));
  }
  check_data(listing.classes.size() >= 2,
             "{}: expected a folder of images per class, found {} folder(s)", train.string(),
             listing.classes.size());
  if (test.empty()) return listing;

  for (const fs::path& folder : class_folders(test)) {
    const auto& classes = listing.classes;
    const auto found = std::find(classes.begin(), classes.end(), folder.filename().string());
    check_data(found != classes.end(), "{}: a class that {} does not have", folder.string(),
               train.string());
    listing.append(list_images(folder, static_cast<std::int32_t>(found - classes.begin()), true));
  }
  return listing;
}

// Applies `step` to every item in parallel. Items it throws at are skipped, or end the whole run.
template <class Step>
void for_each_item(std::vector<Item>& items, bool skip, std::vector<std::string>* skipped,
                   Step step) {
  std::vector<std::string> problems(items.size());
  constexpr std::int64_t kGrain = 16;
  parallel_for(
      static_cast<std::int64_t>(items.size()), kGrain, [&](std::int64_t begin, std::int64_t end) {
        for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
          try {
            step(items[i]);
          } catch (const Error& error) {
            problems[i] = error.what();
          }
        }
      });

  std::size_t kept = 0;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (problems[i].empty()) {
      if (kept != i) items[kept] = std::move(items[i]);
      ++kept;
      continue;
    }
    check_data(skip, "{} (remove the file, or pass --skip-bad-images)", problems[i]);
    if (skipped != nullptr) skipped->push_back(std::move(problems[i]));
  }
  items.resize(kept);
}

// An image of the size that most have; of those, the first.
const Item& most_common_size(const std::vector<Item>& items) {
  std::map<std::pair<std::int64_t, std::int64_t>, std::size_t> counts;
  const auto count = [&counts](const Item& item) -> std::size_t& {
    return counts[{item.info.size.height, item.info.size.width}];
  };
  for (const Item& item : items) ++count(item);
  return *std::max_element(items.begin(), items.end(),
                           [&](const Item& a, const Item& b) { return count(a) < count(b); });
}

bool wants_colour(ColourMode mode, const std::vector<Item>& items) {
  if (mode != ColourMode::kAsFound) return mode == ColourMode::kColour;
  return std::any_of(items.begin(), items.end(), [](const Item& item) { return item.info.colour; });
}

}  // namespace

DatasetSplits load_image_folder(const fs::path& root, const ImageFolderOptions& options,
                                std::vector<std::string>* skipped) {
  check_data(fs::is_directory(root), "{}: expected a folder of images per class", root.string());
  if (options.image_size) {
    constexpr std::int64_t kMaxSide = 4096;
    const auto [height, width] = *options.image_size;
    check(std::min(height, width) >= 1 && std::max(height, width) <= kMaxSide,
          "image size: expected 1 to {}, got {} x {}", kMaxSide, height, width);
  }
  auto [classes, items] = list_folder(root, options);
  for_each_item(items, options.skip_bad_images, skipped,
                [](Item& item) { item.info = probe_image(item.path); });
  check_data(!items.empty(), "{}: no image can be read", root.string());

  const Item usual = most_common_size(items);
  const ImageSize size = options.image_size.value_or(usual.info.size);
  if (!options.image_size) {
    for_each_item(items, options.skip_bad_images, skipped, [&](const Item& item) {
      check_data(item.info.size == size,
                 "{} is {} x {} but {}, like most, is {} x {}: --image-size brings all to one size",
                 item.path.string(), item.info.size.height, item.info.size.width,
                 usual.path.string(), size.height, size.width);
    });
  }
  const int channels = wants_colour(options.colour, items) ? 3 : 1;
  for_each_item(items, options.skip_bad_images, skipped,
                [&](Item& item) { item.image = resize(decode_image(item.path, channels), size); });
  Rng order = Rng(options.seed).fork(kOrderStream);
  shuffle(std::span(items), order);  // so that the first images of a half are of every class

  Dataset half;
  half.name = folder_name(root);
  half.height = size.height;
  half.width = size.width;
  half.channels = channels;
  half.classes = std::move(classes);
  DatasetSplits splits{half, half};
  for (Item& item : items) {
    Dataset& target = item.is_test ? splits.test : splits.train;
    const std::vector<std::uint8_t> pixels = std::move(item.image.pixels);
    target.images.insert(target.images.end(), pixels.begin(), pixels.end());
    target.labels.push_back(item.label);
  }
  check_data(splits.train.size() > 0, "{}: no training image can be read", root.string());
  check_data(splits.test.size() > 0, "{}: no test image can be read", root.string());
  return splits;
}

}  // namespace keel
