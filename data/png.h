#pragma once
// Writing PNG files. (The only file that knows stb_image_write.)

#include <cstdint>
#include <filesystem>
#include <span>

#include <keel/data/image.h>

namespace keel {

/// Writes pixels [H, W, channels] of 1 (grey) or 3 (red, green, blue) channels, through a temporary
/// file that is renamed. Throws Error on another number of channels, an extent outside of 1..32768,
/// or a span that does not fit, and Error(kData) when the file cannot be written.
void write_png(const std::filesystem::path& path, const ImageSize& size, std::int64_t channels,
               std::span<const std::uint8_t> pixels);

}  // namespace keel
