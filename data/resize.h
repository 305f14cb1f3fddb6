#pragma once
// Resizing of images.

#include <keel/data/image.h>

namespace keel {

/// The image at another size, each axis on its own: shrinking averages the area that an output
/// pixel covers; growing interpolates linearly between pixel centres and repeats the edge. Shape:
/// [H, W, C] -> [size.height, size.width, C]. Throws Error unless both sizes are above 0.
Image resize(const Image& image, ImageSize size);

}  // namespace keel
