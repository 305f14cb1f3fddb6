#include <cstdlib>

#include <fmt/ranges.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/cifar.h>
#include <keel/data/idx.h>
#include <keel/data/registry.h>
#include <keel/data/synthetic.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

bool is_cifar(const KnownSet& set) {
  return set.name == "cifar10" || set.name == "cifar100";
}

std::vector<fs::path> places(const KnownSet& set, const fs::path& dir) {
  if (is_cifar(set)) return cifar_places(dir, set.name);
  std::vector<fs::path> result{dir / set.name};
  // MNIST's relatives took over its file names, so what lies in `dir` itself could be any of them:
  // the folder's name decides, and MNIST has the benefit of the doubt.
  const std::string folder = folder_name(dir);
  if (folder == set.name || (set.name == "mnist" && find_known_set(folder) == nullptr)) {
    result.push_back(dir);
  }
  return result;
}

// The files of the set that the place does not have; nothing when it has none.
std::optional<std::vector<std::string>> missing_files(const KnownSet& set, const fs::path& place) {
  return is_cifar(set) ? missing_cifar_files(place, set.name) : missing_idx_files(place);
}

// A place without the set; where part of it is there, with what is not.
std::string describe_place(const KnownSet& set, const fs::path& place) {
  const auto missing = missing_files(set, place);
  return missing ? fmt::format("{} (without {})", place.string(), fmt::join(*missing, ", "))
                 : place.string();
}

DatasetSplits load_known(const KnownSet& set, const fs::path& chosen_dir) {
  constexpr std::uint64_t kSeed = 0;
  if (set.name == "digits") return make_digits(kSeed, set.train_count, set.test_count);
  if (set.name == "shapes") return make_shapes(kSeed, set.train_count, set.test_count);
  const fs::path dir = chosen_dir.empty() ? default_data_dir() : chosen_dir;
  const auto source = find_dataset(set, dir);
  if (!source) {
    std::vector<std::string> looked;
    for (const fs::path& place : places(set, dir)) looked.push_back(describe_place(set, place));
    throw Error(fmt::format("{} is not there, or not all of it: looked at {}; get it with: keel "
                            "data get {}{}",
                            set.name, fmt::join(looked, ", "), set.name,
                            chosen_dir.empty() ? "" : " --data-dir " + chosen_dir.string()),
                ErrorKind::kData);
  }
  return is_cifar(set) ? load_cifar(*source, set.name) : load_mnist_family(*source, set.name);
}

}  // namespace

fs::path default_data_dir() {
  if (const char* chosen = std::getenv("KEEL_DATA"); chosen != nullptr && *chosen != '\0') {
    return chosen;
  }
  const char* home = std::getenv("HOME");
  check(home != nullptr && *home != '\0', "no home folder to keep data sets in: set KEEL_DATA");
  return fs::path(home) / ".cache" / "keel";
}

std::optional<fs::path> find_dataset(const KnownSet& set, const fs::path& dir) {
  if (set.files.empty()) return std::nullopt;
  for (const fs::path& place : places(set, dir)) {
    const auto missing = missing_files(set, place);
    if (missing && missing->empty()) return place;
  }
  return std::nullopt;
}

DatasetSplits load_dataset(const DataOptions& options, std::vector<std::string>* skipped) {
  if (find_known_set(options.name) == nullptr && fs::is_directory(options.name)) {
    return load_image_folder(options.name, options.image_folder, skipped);
  }
  check_data(options.name.find('/') == std::string::npos, "{}: no such folder", options.name);
  const KnownSet& set = known_set(options.name);
  check(!options.image_folder.image_size && options.image_folder.colour == ColourMode::kAsFound,
        "{}: image size and colour can be chosen for folders of images only; its images are {} x "
        "{} with {} channel(s)",
        set.name, set.image_size.height, set.image_size.width, set.channels);
  return load_known(set, options.data_dir);
}

}  // namespace keel
