#include <algorithm>
#include <cstddef>
#include <vector>

#include <keel/core/error.h>
#include <keel/data/contact_sheet.h>
#include <keel/data/png.h>
#include <keel/data/text.h>

namespace keel {
namespace {

constexpr std::int64_t kGap = 4;  // pixels between images and at the border
constexpr std::uint8_t kPaper = 40, kInk = 230;

// Enlarges one sample of the set into the sheet.
void paste(const Dataset& set, std::int64_t sample, std::int64_t scale, std::int64_t top,
           std::int64_t left, Image& sheet) {
  const std::span<const std::uint8_t> image = set.image(sample);
  for (std::int64_t y = 0; y < set.height * scale; ++y) {
    for (std::int64_t x = 0; x < set.width * scale; ++x) {
      const std::int64_t from = (y / scale * set.width + x / scale) * set.channels;
      const std::int64_t to = ((top + y) * sheet.size.width + left + x) * sheet.channels;
      for (std::int64_t c = 0; c < sheet.channels; ++c) {
        const std::int64_t channel = std::min(c, set.channels - 1);  // grey has one for all
        sheet.pixels[static_cast<std::size_t>(to + c)] =
            image[static_cast<std::size_t>(from + channel)];
      }
    }
  }
}

}  // namespace

Image contact_sheet(const Dataset& set, const ContactSheetOptions& options) {
  constexpr std::int64_t kMost = 1000, kLargestScale = 64, kMaxPixels = 64 << 20;
  const auto between = [](std::int64_t value, std::int64_t most) {
    return value >= 1 && value <= most;
  };
  check(between(options.classes, kMost) && between(options.samples, kMost) &&
            between(options.scale, kLargestScale),
        "contact sheet: expected 1 to {} classes and samples and a scale of 1 to {}, got {}, {} "
        "and {}",
        kMost, kLargestScale, options.classes, options.samples, options.scale);
  check_data(set.size() > 0, "contact sheet: {} holds no images", set.name);
  const auto rows = std::min(options.classes, static_cast<std::int64_t>(set.classes.size()));
  std::int64_t names_width = 0;
  for (std::int64_t row = 0; row < rows; ++row) {
    const std::string& name = set.classes[static_cast<std::size_t>(row)];
    names_width = std::max(names_width, text_width(name));
  }
  const std::int64_t row_height = std::max(set.height * options.scale, kTextHeight) + kGap;
  const std::int64_t column_width = set.width * options.scale + kGap;
  const std::int64_t names = kGap + (names_width > 0 ? names_width + kGap : 0);
  const ImageSize size{kGap + rows * row_height, names + options.samples * column_width};
  check(size.height <= kMaxPixels / size.width,
        "contact sheet: {} x {} pixels (height x width) are too many; expected at most {}",
        size.height, size.width, kMaxPixels);
  Image sheet{size, 3, {}};
  sheet.pixels.assign(static_cast<std::size_t>(size.height * size.width * 3), kPaper);

  for (std::int64_t row = 0; row < rows; ++row) {
    const std::int64_t text_top = kGap + row * row_height + (row_height - kGap - kTextHeight) / 2;
    draw_text(sheet, kGap, text_top, set.classes[static_cast<std::size_t>(row)], kInk);
  }
  std::vector<std::int64_t> pasted(static_cast<std::size_t>(rows));
  for (std::int64_t i = 0; i < set.size(); ++i) {
    const std::int64_t row = set.labels[static_cast<std::size_t>(i)];
    if (row >= rows) continue;
    std::int64_t& column = pasted[static_cast<std::size_t>(row)];
    if (column == options.samples) continue;
    paste(set, i, options.scale, kGap + row * row_height, names + column * column_width, sheet);
    ++column;
  }
  return sheet;
}

void write_contact_sheet(const std::filesystem::path& path, const Dataset& set,
                         const ContactSheetOptions& options) {
  const Image sheet = contact_sheet(set, options);
  write_png(path, sheet.size, sheet.channels, sheet.pixels);
}

}  // namespace keel
