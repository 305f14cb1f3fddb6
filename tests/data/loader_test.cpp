#include <algorithm>
#include <numeric>
#include <set>
#include <string>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/storage.h>
#include <keel/data/loader.h>
#include <keel/data/synthetic.h>

#include "tests/support/test.h"

using namespace keel;

namespace {

// Sample i is the one pixel i, so that a batch tells which samples it holds.
Dataset counting(std::int64_t size) {
  Dataset set{"counting", 1, 1, 1, {"even", "odd"}, {}, {}};
  for (std::int64_t i = 0; i < size; ++i) {
    set.images.push_back(static_cast<std::uint8_t>(i));
    set.labels.push_back(static_cast<std::int32_t>(i % 2));
  }
  return set;
}

const Standardization kBytes{{0}, {1.0f / 255}};  // leaves 0..255 as they are

std::vector<int> samples(const Batch& batch) {
  std::vector<int> result;
  for (const float v : batch.images.values<float>()) result.push_back(static_cast<int>(v + 0.5f));
  return result;
}

std::vector<Batch> epoch(Loader& loader, std::int64_t number, std::int64_t first_batch = 0) {
  std::vector<Batch> batches;
  loader.start_epoch(number, first_batch);
  for (Batch batch; loader.next(batch);) batches.push_back(batch);
  return batches;
}

void check_same(const std::vector<Batch>& a, const std::vector<Batch>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].labels == b[i].labels);
    CHECK(a[i].images.shape() == b[i].images.shape());
    const auto x = a[i].images.values<float>(), y = b[i].images.values<float>();
    CHECK(std::equal(x.begin(), x.end(), y.begin(), y.end()));
  }
}

}  // namespace

TEST_CASE("loader: without shuffling, the samples in order and a short last batch") {
  const Dataset set = counting(10);
  for (const int workers : {0, 2}) {
    Loader loader(set, kBytes, {.batch_size = 4, .shuffle = false, .workers = workers});
    CHECK(loader.batches_per_epoch() == 3);
    const std::vector<Batch> batches = epoch(loader, 0);
    REQUIRE(batches.size() == 3);
    CHECK(batches[0].images.shape() == Shape{4, 1, 1, 1});
    CHECK(samples(batches[1]) == std::vector{4, 5, 6, 7});
    CHECK(samples(batches[2]) == std::vector{8, 9});
    CHECK(batches[2].labels == std::vector<std::int32_t>{0, 1});
  }
}

TEST_CASE("loader: drop_last leaves out what does not fill a batch") {
  const Dataset set = counting(10);
  Loader loader(set, kBytes, {.batch_size = 4, .drop_last = true});
  CHECK(loader.batches_per_epoch() == 2);
  CHECK(epoch(loader, 0).size() == 2);
  Loader exact(set, kBytes, {.batch_size = 5, .drop_last = true});
  CHECK(exact.batches_per_epoch() == 2);
}

TEST_CASE("loader: shuffling visits each sample once, in another order each epoch and seed") {
  const Dataset set = counting(100);
  std::set<std::vector<int>> orders;
  for (const std::uint64_t seed : {0u, 1u}) {
    Loader loader(set, kBytes, {.batch_size = 7, .seed = seed});
    for (std::int64_t number = 0; number < 3; ++number) {
      std::vector<int> order;
      for (const Batch& batch : epoch(loader, number)) {
        const std::vector<int> part = samples(batch);
        for (std::size_t i = 0; i < part.size(); ++i) CHECK(part[i] % 2 == batch.labels[i]);
        order.insert(order.end(), part.begin(), part.end());
      }
      orders.insert(order);
      std::vector<int> all(100);
      std::iota(all.begin(), all.end(), 0);
      std::sort(order.begin(), order.end());
      CHECK(order == all);
    }
  }
  CHECK(orders.size() == 6);
}

TEST_CASE("loader: the same bits for any number of workers and from any batch on") {
  const Dataset set = make_shapes(1, 90, 0).train;
  const Standardization standardization = standardization_of(set);
  LoaderOptions options{.batch_size = 8, .augment = standard_augmentation(set), .seed = 4};
  options.augment.cutout = 6;
  options.workers = 0;
  Loader reference(set, standardization, options);
  const std::vector<Batch> expected = epoch(reference, 5);
  REQUIRE(expected.size() == 12);
  for (const int workers : {0, 1, 3}) {
    options.workers = workers;
    Loader loader(set, standardization, options);
    check_same(epoch(loader, 5), expected);
    for (const std::int64_t first : {0, 1, 7, 11, 12}) {
      check_same(epoch(loader, 5, first), {expected.begin() + first, expected.end()});
    }
  }
}

TEST_CASE("loader: a sample is augmented differently in each epoch") {
  const Dataset set = make_shapes(1, 8, 0).train;
  Loader loader(set, standardization_of(set),
                {.batch_size = 8, .shuffle = false, .augment = {.pad_crop = 4}});
  const auto pixels = [&](std::int64_t number) {
    const std::vector<Batch> batches = epoch(loader, number);
    const auto values = batches.at(0).images.values<float>();
    return std::vector(values.begin(), values.end());
  };
  CHECK(pixels(0) != pixels(1));
  CHECK(pixels(1) == pixels(1));
}

TEST_CASE("loader: images are standardized") {
  const Dataset set = make_digits(1, 20, 0).train;
  const Standardization standardization = standardization_of(set);
  std::vector<float> expected(set.images.size());
  standardize(set.images, standardization, expected);
  Loader loader(set, standardization, {.batch_size = 20, .shuffle = false});
  const std::vector<Batch> batches = epoch(loader, 0);
  const auto values = batches.at(0).images.values<float>();
  CHECK(std::equal(values.begin(), values.end(), expected.begin(), expected.end()));
}

TEST_CASE("loader: a batch stays as it is while later ones are prepared") {
  const Dataset set = counting(40);
  Loader loader(set, kBytes, {.batch_size = 2, .shuffle = false, .workers = 2});
  const std::vector<Batch> batches = epoch(loader, 0);
  for (std::size_t i = 0; i < batches.size(); ++i) {
    CHECK(samples(batches[i]).front() == static_cast<int>(2 * i));
  }
}

TEST_CASE("loader: an epoch takes the memory of a few batches, when it begins") {
  constexpr std::int64_t kBatch = 1 << 12;  // larger than what anything else here takes
  const Dataset set = counting(20 * kBatch + 1);
  for (const int workers : {0, 1, 3}) {
    release_cached_memory();
    Loader loader(set, kBytes, {.batch_size = kBatch, .drop_last = true, .workers = workers});
    const std::uint64_t before = memory_stats().system_allocations;
    loader.start_epoch(0);
    Batch batch;
    REQUIRE(loader.next(batch));
    const std::uint64_t taken = memory_stats().system_allocations;
    CHECK(taken - before == (workers == 0 ? 1 : 17));
    while (loader.next(batch)) CHECK(memory_stats().system_allocations == taken);
    CHECK(epoch(loader, 1).size() == 20);
    CHECK(memory_stats().system_allocations > taken);  // they were all kept
  }
}

TEST_CASE("loader: a batch of another size or kind is not filled but replaced") {
  const Dataset set = counting(6);
  for (const int workers : {0, 1}) {
    Loader loader(set, kBytes, {.batch_size = 2, .shuffle = false, .workers = workers});
    loader.start_epoch(0);
    Batch batch{Tensor::zeros({2, 1, 1, 1}, DType::kFloat64), {}};
    for (int i = 0; i < 3; ++i) {
      REQUIRE(loader.next(batch));
      CHECK(samples(batch) == std::vector{2 * i, 2 * i + 1});
      CHECK(!batch.images.requires_grad());
      batch.images.set_requires_grad();
    }
  }
}

TEST_CASE("loader: an epoch can be left, and the loader destroyed, at any batch") {
  const Dataset set = make_digits(1, 64, 0).train;
  const Standardization standardization = standardization_of(set);
  for (const int workers : {0, 1, 3}) {
    for (int taken = 0; taken < 9; taken += 2) {
      Loader loader(set, standardization, {.batch_size = 8, .workers = workers});
      loader.start_epoch(0);
      Batch batch;
      for (int i = 0; i < taken; ++i) REQUIRE(loader.next(batch));
      CHECK(epoch(loader, 1).size() == 8);
      loader.start_epoch(2);
      CHECK(loader.wait_seconds() == 0);
      for (int i = 0; i < taken; ++i) REQUIRE(loader.next(batch));
      if (taken > 0) CHECK(loader.wait_seconds() > 0);
    }
  }
}

TEST_CASE("loader: what goes wrong in a batch reaches the caller, batch by batch") {
  Dataset set = counting(12);
  set.labels[7] = 2;
  for (const int workers : {0, 1, 3}) {
    Loader loader(set, kBytes, {.batch_size = 2, .shuffle = false, .workers = workers});
    loader.start_epoch(0);
    Batch batch;
    for (int i = 0; i < 3; ++i) CHECK(loader.next(batch));
    for (int attempt = 0; attempt < 2; ++attempt) {
      CHECK_THROWS_WITH(loader.next(batch), ContainsSubstring("sample 7 has label 2"));
    }
    loader.start_epoch(0, 4);
    CHECK(loader.next(batch));
    CHECK(samples(batch) == std::vector{8, 9});
  }
}

TEST_CASE("loader: what cannot work is refused by name") {
  const Dataset set = counting(10);
  const auto message = [&](const LoaderOptions& options) {
    try {
      const Loader loader(set, kBytes, options);
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK_THAT(message({.batch_size = 0}), ContainsSubstring("batch size"));
  CHECK_THAT(message({.workers = -1}), ContainsSubstring("workers"));
  CHECK_THAT(message({.augment = {.pad_crop = -3}}), ContainsSubstring("padding"));
  CHECK_THAT(message({.batch_size = 11, .drop_last = true}), ContainsSubstring("full batch of 11"));
  CHECK_THROWS_WITH(Loader(set, {{0, 0}, {1, 1}}, {}), ContainsSubstring("1 channels"));
  Dataset torn = set;
  torn.images.pop_back();
  CHECK_THROWS_WITH(Loader(torn, kBytes, {}), ContainsSubstring("9 bytes"));

  Loader loader(set, kBytes, {.batch_size = 5});
  Batch batch;
  CHECK_THROWS_WITH(loader.next(batch), ContainsSubstring("start_epoch"));
  CHECK_THROWS_WITH(loader.start_epoch(-1), ContainsSubstring("epoch"));
  CHECK_THROWS_WITH(loader.start_epoch(0, 3), ContainsSubstring("0 to 2, got 3"));
}

TEST_CASE("loader: an empty set has no batches") {
  const Dataset set = counting(0);
  Loader loader(set, kBytes, {.drop_last = true});
  CHECK(loader.batches_per_epoch() == 0);
  CHECK(epoch(loader, 0).empty());
}
