#pragma once
// Random changes to an image that leave its class alone: more variety from the same samples.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <keel/core/random.h>
#include <keel/data/dataset.h>

namespace keel {

/// What moves in from outside of the image: black, or the image mirrored at its edge
/// (d c b | a b c d), which never shows the border between image and padding.
enum class PadMode { kZero, kReflect };
/// "zero" and "reflect".
std::vector<std::string> pad_mode_names();
/// By its name. Throws Error with all of them for another.
PadMode pad_mode(std::string_view name);

/// What augment() does, nothing by default: it turns, then mirrors, then shifts, then cuts out.
struct AugmentOptions {
  std::int64_t pad_crop = 0;  ///< pad each side by this many pixels, crop a window of the old size
  bool flip = false;          ///< mirror left to right, every second time
  std::int64_t cutout = 0;    ///< blacken a square of this side around a random pixel;
                              ///< DeVries and Taylor, arXiv:1708.04552
  double rotation_degrees = 0;        ///< turn by an angle from U(-r, r) about the centre, bilinear
  PadMode pad_mode = PadMode::kZero;  ///< of shifts and turns

  bool operator==(const AugmentOptions&) const = default;
};

/// Throws Error naming the option that cannot work.
void check_options(const AugmentOptions& options);

/// Writes a changed copy of `image` [height, width, channels] to `out`, which must not overlap it:
/// a pure function of the image, the options and rng. Throws Error on a span of another size and on
/// impossible options.
void augment(std::span<const std::uint8_t> image, std::int64_t height, std::int64_t width,
             std::int64_t channels, const AugmentOptions& options, Rng rng,
             std::span<std::uint8_t> out);

/// What `--augment standard` means. Colour images (CIFAR and its like): padding by an eighth of the
/// side (4 pixels of 32) and flips. Grey images (digits and letters, which a flip would turn into
/// others): padding by a fourteenth (2 of 28) and up to 10 degrees of rotation.
AugmentOptions standard_augmentation(const Dataset& set);

}  // namespace keel
