#include <keel/core/error.h>
#include <keel/data/binarize.h>

namespace keel {

void binarize(std::span<std::uint8_t> pixels, double threshold) {
  check(threshold >= 0 && threshold <= 1, "binarize: threshold {} is not between 0 and 1",
        threshold);
  for (std::uint8_t& pixel : pixels) pixel = pixel >= 255 * threshold ? 255 : 0;
}

}  // namespace keel
