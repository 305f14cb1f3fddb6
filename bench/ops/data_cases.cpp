#include <memory>

#include <fmt/format.h>

#include <keel/core/parallel.h>
#include <keel/data/augment.h>
#include <keel/data/standardize.h>
#include <keel/data/synthetic.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

constexpr std::int64_t kImages = 1000;  // milliseconds are microseconds per image

struct Source {
  const char* name;
  std::int64_t values;  // of an image
  DatasetSplits (*make)();
};

const std::vector<Source> kSources = {
    {"cifar-like", 32 * 32 * 3, [] { return make_shapes(1, kImages, 1); }},
    {"mnist-like", 28 * 28, [] { return make_digits(1, kImages, 1); }},
};

// What the loader does to each sample of an epoch.
Timed augment_and_standardize(const Dataset& set) {
  const auto images = std::make_shared<Dataset>(set);
  const auto out = std::make_shared<std::vector<float>>(images->images.size());
  return {.before = [] {},
          .run =
              [images, out, options = standard_augmentation(set),
               statistics = standardization_of(set)] {
                constexpr std::int64_t kGrain = 50;
                const auto bytes = static_cast<std::size_t>(images->image_bytes());
                parallel_for(kImages, kGrain, [&](std::int64_t begin, std::int64_t end) {
                  std::vector<std::uint8_t> augmented(bytes);
                  for (std::int64_t i = begin; i < end; ++i) {
                    augment(images->image(i), images->height, images->width, images->channels,
                            options, Rng(1).fork(static_cast<std::uint64_t>(i)), augmented);
                    standardize(
                        augmented, statistics,
                        std::span(*out).subspan(static_cast<std::size_t>(i) * bytes, bytes));
                  }
                });
              }};
}

}  // namespace

std::vector<Case> data_cases() {
  std::vector<Case> cases;
  for (const Source& source : kSources) {
    const double values = static_cast<double>(kImages * source.values);
    // A byte in, a float out; a difference and a factor.
    cases.push_back(
        {.name = fmt::format("augment+standardize/{}/{}", source.name, kImages),
         .work = {.flops = 2 * values, .bytes = 5 * values},
         .make = [make = source.make] { return augment_and_standardize(make().train); }});
  }
  return cases;
}

}  // namespace keel::bench
