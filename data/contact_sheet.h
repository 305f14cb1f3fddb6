#pragma once
// A data set at a glance: one row of samples for each class, in one image.

#include <cstdint>
#include <filesystem>

#include <keel/data/dataset.h>
#include <keel/data/image.h>

namespace keel {

struct ContactSheetOptions {
  std::int64_t classes = 20;  ///< at most this many, from the first on
  std::int64_t samples = 16;  ///< of each class, from the first on
  std::int64_t scale = 2;     ///< each pixel becomes a square of this side
};

/// The sheet, in colour whatever the set: each row begins with the name of its class. A class
/// without samples has an empty row. Throws Error unless there are 1 to 1000 classes and samples,
/// the scale is 1 to 64 and the sheet below 64 megapixels, and Error(kData) on an empty set.
Image contact_sheet(const Dataset& set, const ContactSheetOptions& options = {});

/// Writes the sheet as a PNG file. Throws also what write_png throws.
void write_contact_sheet(const std::filesystem::path& path, const Dataset& set,
                         const ContactSheetOptions& options = {});

}  // namespace keel
