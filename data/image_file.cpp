#include <algorithm>
#include <array>
#include <cctype>
#include <cstdlib>
#include <limits>
#include <memory>
#include <sstream>
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
#include <keel/core/file.h>
#include <keel/data/image_file.h>

namespace keel {
namespace {

using Path = std::filesystem::path;

constexpr std::uint64_t kMaxFileBytes = 1 << 29;

const stbi_uc* data_of(const std::string& bytes) {
  return reinterpret_cast<const stbi_uc*>(bytes.data());
}
int size_of(const std::string& bytes) {
  return static_cast<int>(bytes.size());
}

// stb_image neither notices that a PGM or PPM ends too early nor reads one of 16 bits correctly,
// and it takes samples as bytes whatever their greatest value.
void check_pnm(const Path& path, const std::string& bytes, std::int64_t pixels) {
  const bool is_colour = bytes.starts_with("P6");
  if (!is_colour && !bytes.starts_with("P5")) return;
  std::istringstream header(bytes.substr(2, 1 << 12));
  std::int64_t greatest = 0;  // the last of three numbers, between which there may be comments
  for (int number = 0; number < 3; ++number) {
    while ((header >> std::ws).peek() == '#') {
      header.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
    }
    header >> greatest;
  }
  check_data(greatest == 255, "{}: expected samples from 0 to 255, the header says 0 to {}",
             path.string(), greatest);
  header.get();
  const std::int64_t expected = pixels * (is_colour ? 3 : 1);
  const std::int64_t found = static_cast<std::int64_t>(bytes.size()) - 2 - header.tellg();
  check_data(header.good() && found >= expected,
             "{}: expected {} bytes of pixels, found {}; the file is truncated", path.string(),
             expected, found);
}

// stb_image up to 2.28 writes beyond its tables when a JPEG claims Huffman tables of more than 256
// codes. A table segment is FF C4, its length in two bytes, then per table a byte and 16 counts.
void check_huffman_tables(const Path& path, const std::string& bytes) {
  if (!bytes.starts_with("\xFF\xD8")) return;
  const auto byte = [&](std::size_t i) -> std::size_t {
    return i < bytes.size() ? static_cast<std::uint8_t>(bytes[i]) : 0;
  };
  std::size_t i = 2;
  while ((i = bytes.find('\xFF', i)) != std::string::npos) {
    const std::size_t marker = byte(++i);
    const bool is_segment = marker >= 0xC0 && marker < 0xFF && (marker < 0xD0 || marker > 0xD9);
    if (!is_segment) continue;
    const std::size_t end = i + 1 + (byte(i + 1) << 8 | byte(i + 2));
    for (std::size_t table = i + 3; marker == 0xC4 && table < end;) {
      std::size_t codes = 0;
      for (std::size_t length = 1; length <= 16; ++length) codes += byte(table + length);
      check_data(codes <= 256, "{}: offset {}: expected at most 256 Huffman codes, found {}",
                 path.string(), table, codes);
      table += 17 + codes;
    }
    i = std::max(i + 1, end);
  }
}

// What the header says of a file that stb_image can be trusted with.
ImageInfo check_image(const Path& path, const std::string& bytes) {
  check_huffman_tables(path, bytes);
  int width = 0, height = 0, channels = 0;
  const int ok = stbi_info_from_memory(data_of(bytes), size_of(bytes), &width, &height, &channels);
  check_data(ok != 0 && width > 0 && height > 0,
             "{}: not a readable JPEG, PNG, BMP, PGM or PPM image", path.string());
  // A few bytes may claim any size; decoding would have to believe them.
  constexpr std::int64_t kMaxPixels = 64 << 20;
  check_data(std::int64_t{width} * height <= kMaxPixels,
             "{}: expected at most {} pixels, found {} x {} (height x width)", path.string(),
             kMaxPixels, height, width);
  check_pnm(path, bytes, std::int64_t{width} * height);
  return {{height, width}, channels >= 3};
}

}  // namespace

bool is_image_file(const std::filesystem::path& path) {
  static constexpr std::array kExtensions = {".jpg", ".jpeg", ".png", ".bmp", ".pgm", ".ppm"};
  std::string extension = path.extension().string();
  for (char& c : extension) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

ImageInfo probe_image(const Path& path) {
  return check_image(path, read_file(path, kMaxFileBytes));
}

Image decode_image(const Path& path, int channels) {
  check(channels == 1 || channels == 3, "decode_image: expected 1 or 3 channels, got {}", channels);
  const std::string bytes = read_file(path, kMaxFileBytes);
  check_image(path, bytes);
  int width = 0, height = 0, channels_in_file = 0;
  const std::unique_ptr<stbi_uc, void (*)(void*)> pixels(
      stbi_load_from_memory(data_of(bytes), size_of(bytes), &width, &height, &channels_in_file,
                            channels),
      stbi_image_free);
  check_data(pixels != nullptr,
             "{}: damaged image: its pixels cannot be decoded; is the file truncated?",
             path.string());
  const std::size_t size = static_cast<std::size_t>(width) * static_cast<std::size_t>(height) *
                           static_cast<std::size_t>(channels);
  return {{height, width}, channels, {pixels.get(), pixels.get() + size}};
}

}  // namespace keel
