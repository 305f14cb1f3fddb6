#pragma once
// Data sets by name or path: the one entrance to every format.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <keel/data/dataset.h>
#include <keel/data/image_folder.h>
#include <keel/data/known_sets.h>

namespace keel {

struct DataOptions {
  std::string name = "digits";        ///< a known set, or the path of a folder of images
  std::filesystem::path data_dir{};   ///< where known sets lie; empty: default_data_dir()
  ImageFolderOptions image_folder{};  ///< for a folder of images alone
};

/// $KEEL_DATA if that is set, else ~/.cache/keel. Throws Error if there is no home folder either.
std::filesystem::path default_data_dir();

/// Where the published set lies in `dir` (mnist: in dir/mnist or in dir itself), ready to load.
/// Empty if it is not there, or not all of it, and for the sets that Keel draws itself.
std::optional<std::filesystem::path> find_dataset(const KnownSet& set,
                                                  const std::filesystem::path& dir);

/// Loads the set. A known name comes before a folder of the same name (write ./digits for that);
/// the sets that Keel draws are always the same ones. Throws Error for an unknown name, with the
/// nearest one, and for an image size or colour mode asked of a known set; Error(kData) if the set
/// is not there, with the places and the command that gets it. `skipped` is filled as by
/// load_image_folder.
DatasetSplits load_dataset(const DataOptions& options, std::vector<std::string>* skipped = nullptr);

}  // namespace keel
