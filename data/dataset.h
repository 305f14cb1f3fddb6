#pragma once
// A labelled set of images in memory, as every format yields it and the loader takes it.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace keel {

/// Images are bytes in [N, H, W, C] order, 0..255; labels index `classes`.
struct Dataset {
  std::string name;  ///< "mnist"
  std::int64_t height = 0, width = 0, channels = 0;
  std::vector<std::string> classes;
  std::vector<std::uint8_t> images;
  std::vector<std::int32_t> labels;

  std::int64_t size() const { return static_cast<std::int64_t>(labels.size()); }
  std::int64_t image_bytes() const { return height * width * channels; }
  std::span<const std::uint8_t> image(std::int64_t i) const {
    return std::span(images).subspan(static_cast<std::size_t>(i * image_bytes()),
                                     static_cast<std::size_t>(image_bytes()));
  }
};

/// The two halves of a data set; both have the same image size, channels and classes.
struct DatasetSplits {
  Dataset train, test;
};

/// The first `count` samples of a set, or all of a smaller one. Throws Error on a negative count.
Dataset first(const Dataset& set, std::int64_t count);

}  // namespace keel
