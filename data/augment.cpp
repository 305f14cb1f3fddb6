#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numbers>

#include <keel/core/error.h>
#include <keel/data/augment.h>

namespace keel {
namespace {

struct Extent {
  std::int64_t height, width, channels;
};

std::int64_t draw_between(Rng& rng, std::int64_t low, std::int64_t high) {
  return low + static_cast<std::int64_t>(rng.below(static_cast<std::uint64_t>(high - low + 1)));
}

// out(y, x) = image(y + dy, x + dx), mirrored before the shift; by whole rows unless mirrored.
void shift_rows(const std::uint8_t* image, const Extent& e, std::int64_t dy, std::int64_t dx,
                bool mirrored, std::uint8_t* out) {
  const std::int64_t row = e.width * e.channels;
  const std::int64_t begin = std::clamp<std::int64_t>(-dx, 0, e.width);
  const std::int64_t end = std::clamp<std::int64_t>(e.width - dx, begin, e.width);
  for (std::int64_t y = 0; y < e.height; ++y, out += row) {
    const std::int64_t from_y = y + dy;
    if (from_y < 0 || from_y >= e.height) {
      std::fill_n(out, row, std::uint8_t{0});
      continue;
    }
    const std::uint8_t* from = image + from_y * row;
    std::fill(out, out + begin * e.channels, std::uint8_t{0});
    if (mirrored) {
      for (std::int64_t x = begin; x < end; ++x) {
        const std::uint8_t* pixel = from + (e.width - 1 - x - dx) * e.channels;
        for (std::int64_t c = 0; c < e.channels; ++c) out[x * e.channels + c] = pixel[c];
      }
    } else {
      std::copy(from + (begin + dx) * e.channels, from + (end + dx) * e.channels,
                out + begin * e.channels);
    }
    std::fill(out + end * e.channels, out + row, std::uint8_t{0});
  }
}

// Rotation, mirror and shift in one resampling, so that the image is blurred once only.
void resample(const std::uint8_t* image, const Extent& e, double radians, std::int64_t dy,
              std::int64_t dx, bool mirrored, std::uint8_t* out) {
  const auto cosine = static_cast<float>(std::cos(radians));
  const auto sine = static_cast<float>(std::sin(radians));
  const float centre_y = static_cast<float>(e.height - 1) / 2;
  const float centre_x = static_cast<float>(e.width - 1) / 2;
  const auto value = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
    const bool inside = y >= 0 && y < e.height && x >= 0 && x < e.width;
    return inside ? static_cast<float>(image[(y * e.width + x) * e.channels + c]) : 0.0f;
  };
  for (std::int64_t y = 0; y < e.height; ++y) {
    for (std::int64_t x = 0; x < e.width; ++x) {
      const float v = static_cast<float>(y + dy) - centre_y;
      const float u = (static_cast<float>(x + dx) - centre_x) * (mirrored ? -1.0f : 1.0f);
      const float from_y = centre_y + sine * u + cosine * v;
      const float from_x = centre_x + cosine * u - sine * v;
      const float top = std::floor(from_y), left = std::floor(from_x);
      const float t = from_y - top, s = from_x - left;
      const auto row = static_cast<std::int64_t>(top), column = static_cast<std::int64_t>(left);
      for (std::int64_t c = 0; c < e.channels; ++c) {
        const float above = (1 - s) * value(row, column, c) + s * value(row, column + 1, c);
        const float below = (1 - s) * value(row + 1, column, c) + s * value(row + 1, column + 1, c);
        *out++ = static_cast<std::uint8_t>((1 - t) * above + t * below + 0.5f);
      }
    }
  }
}

void cut_out(const Extent& e, std::int64_t side, Rng& rng, std::uint8_t* out) {
  const std::int64_t top = draw_between(rng, 0, e.height - 1) - side / 2;
  const std::int64_t left = draw_between(rng, 0, e.width - 1) - side / 2;
  const std::int64_t begin = std::max<std::int64_t>(left, 0) * e.channels;
  const std::int64_t end = std::min(left + side, e.width) * e.channels;
  for (std::int64_t y = std::max<std::int64_t>(top, 0); y < std::min(top + side, e.height); ++y) {
    std::uint8_t* row = out + y * e.width * e.channels;
    std::fill(row + begin, row + end, std::uint8_t{0});
  }
}

}  // namespace

void check_options(const AugmentOptions& options) {
  constexpr std::int64_t kLargest = 1 << 16;
  check(options.rotation_degrees >= 0 && options.rotation_degrees <= 180,
        "augment: expected a rotation of 0 to 180 degrees, got {}", options.rotation_degrees);
  check(options.pad_crop >= 0 && options.pad_crop <= kLargest,
        "augment: expected a padding of 0 to {} pixels, got {}", kLargest, options.pad_crop);
  check(options.cutout >= 0 && options.cutout <= kLargest,
        "augment: expected a cutout of 0 to {} pixels, got {}", kLargest, options.cutout);
}

void augment(std::span<const std::uint8_t> image, std::int64_t height, std::int64_t width,
             std::int64_t channels, const AugmentOptions& options, Rng rng,
             std::span<std::uint8_t> out) {
  check_options(options);
  check(height > 0 && width > 0 && channels > 0 &&
            image.size() == static_cast<std::size_t>(height * width * channels) &&
            out.size() == image.size(),
        "augment: expected image and result of [{}, {}, {}] bytes, got {} and {}", height, width,
        channels, image.size(), out.size());
  const Extent extent{height, width, channels};
  const double angle = options.rotation_degrees * rng.uniform(-1, 1);
  const bool mirrored = options.flip && rng.bernoulli(0.5);
  const std::int64_t dy = draw_between(rng, -options.pad_crop, options.pad_crop);
  const std::int64_t dx = draw_between(rng, -options.pad_crop, options.pad_crop);
  if (angle == 0) {
    shift_rows(image.data(), extent, dy, dx, mirrored, out.data());
  } else {
    resample(image.data(), extent, angle * std::numbers::pi / 180, dy, dx, mirrored, out.data());
  }
  if (options.cutout > 0) cut_out(extent, options.cutout, rng, out.data());
}

AugmentOptions standard_augmentation(const Dataset& set) {
  const std::int64_t side = std::min(set.height, set.width);
  if (set.channels == 1) return {.pad_crop = side / 14, .rotation_degrees = 10};
  return {.pad_crop = side / 8, .flip = true};
}

}  // namespace keel
