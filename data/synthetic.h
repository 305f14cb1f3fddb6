#pragma once
// Image sets drawn from a seed: they need no file and no network, and are hard enough that layers,
// normalisations and optimisers can be told apart on them.

#include <cstdint>

#include <keel/data/dataset.h>

namespace keel {

/// Handwriting-like digits, 28x28x1, classes "0".."9" in several writing styles: strokes under a
/// random affine map and an elastic deformation, of random thickness and brightness, with faint
/// clutter, blur and noise. A small convolutional network learns it in a few epochs; a linear
/// classifier cannot.
/// Sample i of a split has label i % 10 and is a pure function of (seed, split, i); the splits
/// share no random numbers. Throws Error on a negative count.
DatasetSplits make_digits(std::uint64_t seed, std::int64_t train_count = 10000,
                          std::int64_t test_count = 2000);

/// Textured shapes before textured, cluttered backgrounds, 32x32x3, ten classes from "disc" to
/// "arrow", of random place, size, slant and either hand, partly hidden at times. Colours are drawn
/// without regard to the class. Harder than the digits; counts, labels and errors as there.
DatasetSplits make_shapes(std::uint64_t seed, std::int64_t train_count = 10000,
                          std::int64_t test_count = 2000);

}  // namespace keel
