#pragma once
// A user's own images: one folder per class.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <keel/data/dataset.h>
#include <keel/data/image.h>

namespace keel {

enum class ColourMode {
  kAsFound,  ///< colour if any image is
  kGrey,
  kColour,
};

struct ImageFolderOptions {
  std::optional<ImageSize> image_size = std::nullopt;  ///< resize to it; unset: all must agree
  ColourMode colour = ColourMode::kAsFound;
  double test_fraction = 0.2;  ///< of each class; only where the folder itself has no test images
  std::uint64_t seed = 0;      ///< chooses the test images and the order of all
  bool skip_bad_images = false;
};

/// Loads root/<class>/<image>. If root holds train/ and one of test/, val/, valid/ (the first that
/// is there), these hold the class folders of the two halves; else `test_fraction` of every class
/// is set aside. Classes are in the order of their names, the images of each half in an order that
/// the seed draws. Hidden folders and files that are not images by their extension are ignored. An
/// unreadable image is an Error(kData), and so is one of another size than most when no size is
/// set; with `skip_bad_images` it is left out and the reason, which names it, is appended to
/// `skipped`. Throws Error(kData) as well on fewer than two classes, a class without images, and a
/// class that only the test half has.
DatasetSplits load_image_folder(const std::filesystem::path& root,
                                const ImageFolderOptions& options = {},
                                std::vector<std::string>* skipped = nullptr);

}  // namespace keel
