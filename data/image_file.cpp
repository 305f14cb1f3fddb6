#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <fstream>
#include <limits>
#include <memory>
#include <string>

// A few compressed bytes can ask for any amount of memory; stb_image takes null as a failure.
static void* bounded_realloc(void* memory, std::size_t bytes) {
  constexpr std::size_t kMaxBytes = 1 << 30;
  return bytes <= kMaxBytes ? std::realloc(memory, bytes) : nullptr;
}
#define STBI_MALLOC(bytes) bounded_realloc(nullptr, bytes)
#define STBI_REALLOC(memory, bytes) bounded_realloc(memory, bytes)
#define STBI_FREE(memory) std::free(memory)

#define STB_IMAGE_IMPLEMENTATION
#define STB_IMAGE_STATIC
#define STBI_ONLY_JPEG
#define STBI_ONLY_PNG
#define STBI_ONLY_BMP
#define STBI_ONLY_PNM
#include <stb_image.h>

#include <keel/core/error.h>
#include <keel/data/image_file.h>

namespace keel {
namespace {

// stb_image neither notices that a PGM or PPM ends too early nor reads one of 16 bits correctly,
// and it takes samples as bytes whatever their greatest value.
void check_pnm(const std::filesystem::path& path, std::int64_t pixels) {
  std::ifstream stream(path, std::ios::binary);
  std::array<char, 2> magic{};
  stream.read(magic.data(), magic.size());
  if (magic[0] != 'P' || (magic[1] != '5' && magic[1] != '6')) return;
  std::int64_t greatest = 0;  // the last of three numbers, between which there may be comments
  for (int number = 0; number < 3; ++number) {
    while ((stream >> std::ws).peek() == '#') {
      stream.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    stream >> greatest;
  }
  stream.get();
  check_data(stream.good() && greatest == 255,
             "{}: expected samples from 0 to 255, the header says 0 to {}", path.string(),
             greatest);
  const std::int64_t expected = pixels * (magic[1] == '6' ? 3 : 1);
  const std::int64_t found =
      static_cast<std::int64_t>(std::filesystem::file_size(path)) - stream.tellg();
  check_data(found >= expected, "{}: expected {} bytes of pixels, found {}; the file is truncated",
             path.string(), expected, found);
}

}  // namespace

bool is_image_file(const std::filesystem::path& path) {
  static constexpr std::array kExtensions = {".jpg", ".jpeg", ".png", ".bmp", ".pgm", ".ppm"};
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

ImageInfo probe_image(const std::filesystem::path& path) {
  int width = 0, height = 0, channels = 0;
  check_data(stbi_info(path.c_str(), &width, &height, &channels) != 0 && width > 0 && height > 0,
             "{}: not a readable JPEG, PNG, BMP, PGM or PPM image", path.string());
  // A few bytes may claim any size; decoding would have to believe them.
  constexpr std::int64_t kMaxPixels = 64 << 20;
  check_data(std::int64_t{width} * height <= kMaxPixels,
             "{}: expected at most {} pixels, found {} x {} (height x width)", path.string(),
             kMaxPixels, height, width);
  check_pnm(path, std::int64_t{width} * height);
  return {{height, width}, channels >= 3};
}

Image decode_image(const std::filesystem::path& path, int channels) {
  check(channels == 1 || channels == 3, "decode_image: expected 1 or 3 channels, got {}", channels);
  probe_image(path);
  int width = 0, height = 0, channels_in_file = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load(path.c_str(), &width, &height, &channels_in_file, channels), stbi_image_free);
  check_data(pixels != nullptr, "{}: damaged image: {}", path.string(), stbi_failure_reason());
  const std::size_t bytes = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                            static_cast<std::size_t>(channels);
  return {{height, width}, channels, {pixels.get(), pixels.get() + bytes}};
}

}  // namespace keel
