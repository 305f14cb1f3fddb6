#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/data/synthetic/generate.h>

namespace keel::synthetic {
namespace {

Dataset generate_split(const SyntheticSet& set, const Rng& rng, std::int64_t count) {
  Dataset split{set.name, set.height, set.width, set.channels, set.classes, {}, {}};
  split.images.resize(static_cast<std::size_t>(count * split.image_bytes()));
  split.labels.resize(static_cast<std::size_t>(count));
  const auto classes = static_cast<std::int64_t>(set.classes.size());
  const auto bytes = static_cast<std::size_t>(split.image_bytes());
  parallel_for(count, 16, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const auto index = static_cast<std::size_t>(i);
      const auto label = static_cast<std::int32_t>(i % classes);
      split.labels[index] = label;
      set.draw(rng.fork(static_cast<std::uint64_t>(i)), label,
               std::span(split.images).subspan(index * bytes, bytes));
    }
  });
  return split;
}

}  // namespace

DatasetSplits generate(const SyntheticSet& set, std::uint64_t seed, std::int64_t train_count,
                       std::int64_t test_count) {
  check(train_count >= 0 && test_count >= 0,
        "{}: expected counts of at least 0, got {} for training and {} for testing", set.name,
        train_count, test_count);
  const Rng rng(seed);
  return {generate_split(set, rng.fork(0), train_count),
          generate_split(set, rng.fork(1), test_count)};
}

}  // namespace keel::synthetic
