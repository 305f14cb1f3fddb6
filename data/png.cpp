#include <string>

#define STB_IMAGE_WRITE_IMPLEMENTATION
#define STB_IMAGE_WRITE_STATIC
#define STBI_WRITE_NO_STDIO
#include <stb_image_write.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/png.h>

namespace keel {

void write_png(const std::filesystem::path& path, const ImageSize& size, std::int64_t channels,
               std::span<const std::uint8_t> pixels) {
  const auto [height, width] = size;
  constexpr std::int64_t kLargest = 32768;
  constexpr std::int64_t kMaxBytes = 1 << 30;  // stb_image_write counts bytes in an int
  check(channels == 1 || channels == 3, "write_png: expected 1 or 3 channels, got {}", channels);
  check(width >= 1 && width <= kLargest && height >= 1 && height <= kLargest &&
            width * height * channels <= kMaxBytes,
        "write_png: expected 1 to {} pixels a side and at most {} bytes, got {} x {} x {} "
        "(height x width x channels)",
        kLargest, kMaxBytes, height, width, channels);
  check(pixels.size() == static_cast<std::size_t>(width * height * channels),
        "write_png: expected {} x {} x {} bytes (height x width x channels), got {}", height, width,
        channels, pixels.size());
  std::string png;
  const auto append = [](void* context, void* data, int bytes) {
    static_cast<std::string*>(context)->append(static_cast<const char*>(data),
                                               static_cast<std::size_t>(bytes));
  };
  const int written = stbi_write_png_to_func(append, &png, static_cast<int>(width),
                                             static_cast<int>(height), static_cast<int>(channels),
                                             pixels.data(), static_cast<int>(width * channels));
  check_data(written != 0, "{}: not enough memory to compress the image", path.string());
  write_file_atomically(path, png);
}

}  // namespace keel
