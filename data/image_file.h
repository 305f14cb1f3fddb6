#pragma once
// Image files: JPEG, PNG, BMP, PGM and PPM. (The only file that knows stb_image.)

#include <filesystem>

#include <keel/data/image.h>

namespace keel {

/// What the header of an image file says.
struct ImageInfo {
  ImageSize size;
  bool colour = false;
};

/// Whether the extension, in any letter case, is .jpg, .jpeg, .png, .bmp, .pgm or .ppm.
bool is_image_file(const std::filesystem::path& path);

/// What the header says. Throws Error(kData) naming the file if it is not such an image or claims
/// more than 64 megapixels.
ImageInfo probe_image(const std::filesystem::path& path);

/// The pixels with 1 (grey, by luminance) or 3 (colour) channels, whatever the file holds; an alpha
/// channel is dropped. Throws what probe_image throws, and if the pixels are damaged.
Image decode_image(const std::filesystem::path& path, int channels);

}  // namespace keel
