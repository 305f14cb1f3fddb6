#include <algorithm>

#include <keel/core/error.h>
#include <keel/data/dataset.h>

namespace keel {

Dataset first(const Dataset& set, std::int64_t count) {
  check(count >= 0, "{}: expected to take at least 0 samples, got {}", set.name, count);
  count = std::min(count, set.size());
  return {set.name,
          set.height,
          set.width,
          set.channels,
          set.classes,
          {set.images.begin(), set.images.begin() + count * set.image_bytes()},
          {set.labels.begin(), set.labels.begin() + count}};
}

}  // namespace keel
