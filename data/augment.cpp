#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdlib>
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

// Where 0..size-1 repeats, mirrored at its ends without repeating these: ... 2 1 | 0 1 2 | 1 0 ...
std::int64_t reflected(std::int64_t i, std::int64_t size) {
  const std::int64_t period = std::max<std::int64_t>(2 * (size - 1), 1);
  i = std::abs(i) % period;
  return std::min(i, period - i);
}

// The coordinate that stands in for one outside of 0..size-1; -1: none does, there is black.
std::int64_t padded(std::int64_t i, std::int64_t size, PadMode mode) {
  if (i >= 0 && i < size) return i;
  return mode == PadMode::kReflect ? reflected(i, size) : -1;
}

// out(y, x) = image(y + dy, x + dx), mirrored before the shift; by whole rows unless mirrored.
void shift_rows(const std::uint8_t* image, const Extent& e, std::int64_t dy, std::int64_t dx,
                bool mirrored, PadMode mode, std::uint8_t* out) {
  const std::int64_t row = e.width * e.channels;
  const std::int64_t begin = std::clamp<std::int64_t>(-dx, 0, e.width);
  const std::int64_t end = std::clamp<std::int64_t>(e.width - dx, begin, e.width);
  for (std::int64_t y = 0; y < e.height; ++y, out += row) {
    const std::int64_t from_y = padded(y + dy, e.height, mode);
    if (from_y < 0) {
      std::fill_n(out, row, std::uint8_t{0});
      continue;
    }
    const std::uint8_t* from = image + from_y * row;
    const auto copy_pixels = [&](std::int64_t first, std::int64_t last) {
      for (std::int64_t x = first; x < last; ++x) {
        const std::int64_t column = padded(x + dx, e.width, mode);
        const std::uint8_t* pixel = from + (mirrored ? e.width - 1 - column : column) * e.channels;
        std::copy_n(pixel, e.channels, out + x * e.channels);
      }
    };
    const auto pad = [&](std::int64_t first, std::int64_t last) {
      if (mode == PadMode::kReflect) return copy_pixels(first, last);
      std::fill(out + first * e.channels, out + last * e.channels, std::uint8_t{0});
    };
    pad(0, begin);
    if (mirrored) {
      copy_pixels(begin, end);
    } else {
      std::copy(from + (begin + dx) * e.channels, from + (end + dx) * e.channels,
                out + begin * e.channels);
    }
    pad(end, e.width);
  }
}

// std::floor would be a call: not every CPU that the build is for has an instruction for it.
std::int32_t floor_of(float x) {
  const auto truncated = static_cast<std::int32_t>(x);
  return truncated - (x < static_cast<float>(truncated) ? 1 : 0);
}

// Rotation, mirror and shift in one resampling, so that the image is blurred once only. In three
// loops over a part of a row, of which the compiler makes vectors: where from, the four pixels
// there, their mean.
void resample(const std::uint8_t* image, const Extent& e, double radians, std::int64_t dy,
              std::int64_t dx, bool mirrored, PadMode mode, std::uint8_t* out) {
  constexpr std::int64_t kPart = 64;
  struct Neighbours {
    float top_left, top_right, left, right;
  };
  std::array<std::int32_t, kPart> row, column;
  std::array<float, kPart> t, s;
  std::array<Neighbours, kPart> near;

  const auto cosine = static_cast<float>(std::cos(radians));
  const auto sine = static_cast<float>(std::sin(radians));
  const float centre_y = static_cast<float>(e.height - 1) / 2;
  const float centre_x = static_cast<float>(e.width - 1) / 2;
  const float side = mirrored ? -1.0f : 1.0f;
  const auto value = [&](std::int64_t y, std::int64_t x, std::int64_t c) {
    y = padded(y, e.height, mode);
    x = padded(x, e.width, mode);
    return y < 0 || x < 0 ? 0.0f : static_cast<float>(image[(y * e.width + x) * e.channels + c]);
  };
  const std::int64_t stride = e.width * e.channels;
  for (std::int64_t y = 0; y < e.height; ++y) {
    const float v = static_cast<float>(y + dy) - centre_y;
    for (std::int64_t first = 0; first < e.width; first += kPart) {
      const auto count = static_cast<std::size_t>(std::min(kPart, e.width - first));
      for (std::size_t i = 0; i < count; ++i) {
        const auto x = static_cast<std::int32_t>(first + dx) + static_cast<std::int32_t>(i);
        const float u = (static_cast<float>(x) - centre_x) * side;
        const float from_y = centre_y + sine * u + cosine * v;
        const float from_x = centre_x + cosine * u - sine * v;
        row[i] = floor_of(from_y);
        column[i] = floor_of(from_x);
        t[i] = from_y - static_cast<float>(row[i]);
        s[i] = from_x - static_cast<float>(column[i]);
      }
      for (std::int64_t c = 0; c < e.channels; ++c) {
        for (std::size_t i = 0; i < count; ++i) {
          const std::int64_t r = row[i], q = column[i];
          if (r >= 0 && r + 1 < e.height && q >= 0 && q + 1 < e.width) {
            const std::uint8_t* pixel = image + r * stride + q * e.channels + c;
            near[i] = {static_cast<float>(pixel[0]), static_cast<float>(pixel[e.channels]),
                       static_cast<float>(pixel[stride]),
                       static_cast<float>(pixel[stride + e.channels])};
          } else {
            near[i] = {value(r, q, c), value(r, q + 1, c), value(r + 1, q, c),
                       value(r + 1, q + 1, c)};
          }
        }
        std::uint8_t* to = out + y * stride + first * e.channels + c;
        for (std::size_t i = 0; i < count; ++i, to += e.channels) {
          const float above = (1 - s[i]) * near[i].top_left + s[i] * near[i].top_right;
          const float below = (1 - s[i]) * near[i].left + s[i] * near[i].right;
          *to = static_cast<std::uint8_t>((1 - t[i]) * above + t[i] * below + 0.5f);
        }
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

std::vector<std::string> pad_mode_names() {
  return {"zero", "reflect"};
}

PadMode pad_mode(std::string_view name) {
  check(name == "zero" || name == "reflect", "pad mode {}: expected {}", name,
        fmt::join(pad_mode_names(), " or "));
  return name == "reflect" ? PadMode::kReflect : PadMode::kZero;
}

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
    shift_rows(image.data(), extent, dy, dx, mirrored, options.pad_mode, out.data());
  } else {
    resample(image.data(), extent, angle * std::numbers::pi / 180, dy, dx, mirrored,
             options.pad_mode, out.data());
  }
  if (options.cutout > 0) cut_out(extent, options.cutout, rng, out.data());
}

AugmentOptions standard_augmentation(const Dataset& set) {
  const std::int64_t side = std::min(set.height, set.width);
  if (set.channels == 1) return {.pad_crop = side / 14, .rotation_degrees = 10};
  return {.pad_crop = side / 8, .flip = true};
}

}  // namespace keel
