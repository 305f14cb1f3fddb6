#include <vector>

#include <keel/core/parallel.h>
#include <keel/core/random.h>
#include <keel/core/tensor.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::DType;
using keel::Tensor;

TEST_CASE("factories fill shape and elements") {
  const Tensor x = Tensor::from({2, 3}, {1, 2, 3, 4, 5, 6});
  CHECK(x.shape() == keel::Shape{2, 3});
  CHECK(x.at({1, 0}) == 4);
  CHECK(Tensor::full({3}, 2.5, DType::kFloat64).values<double>()[2] == 2.5);
  CHECK(Tensor::scalar(4).item() == 4);
  CHECK(reinterpret_cast<std::uintptr_t>(Tensor::empty({7}).data<float>()) % 64 == 0);
  CHECK_THROWS_WITH(Tensor::from({2}, {1, 2, 3}),
                    ContainsSubstring("3 values given for shape [2]"));
}

TEST_CASE("copies share elements, clones do not") {
  Tensor x = Tensor::zeros({2});
  const Tensor shared = x, copy = x.clone();
  x.fill(1);
  CHECK(shared.at({0}) == 1);
  CHECK(copy.at({0}) == 0);
  CHECK_FALSE(x.unique());
  CHECK(copy.unique());
}

TEST_CASE("large tensors are filled and cloned to the last element") {
  const keel::Shape shape{3, 100003};
  for (const keel::DType dtype : {keel::DType::kFloat32, keel::DType::kFloat64}) {
    const Tensor x = Tensor::full(shape, 2.5, dtype);
    CHECK(keel::testing::bit_equal(
        x, Tensor::from<double>(shape, std::vector<double>(300009, 2.5)).to(dtype)));
    keel::Rng rng(1);
    const Tensor drawn = Tensor::normal(shape, 0, 1, rng).to(dtype);
    CHECK(keel::testing::bit_equal(drawn.clone(), drawn));
  }
}

TEST_CASE("conversion and element access check the type") {
  const Tensor x = Tensor::from({2}, {0.1, 0.2});
  CHECK(x.to(DType::kFloat64).values<double>()[0] == double{0.1f});
  CHECK_THROWS_WITH(x.data<double>(),
                    ContainsSubstring("elements are float32, asked for as float64"));
  CHECK_THROWS_WITH(x.item(), ContainsSubstring("exactly one element, got shape [2]"));
  CHECK_THROWS_WITH(Tensor().data<float>(), ContainsSubstring("not defined"));
}

TEST_CASE("a tensor prints so that a person can read it") {
  CHECK(Tensor::from({2, 2}, {1, -2, 0.5, 4}).to_string() ==
        "Tensor[2, 2] float32\n[[ 1, -2],\n [ 0.5,  4]]");
  CHECK_THAT(Tensor::zeros({100}).to_string(), ContainsSubstring("..."));
}

TEST_CASE("memory is recycled: equal requests after the first ask the system for nothing") {
  { const Tensor warm = Tensor::empty({1000, 1000}); }
  const auto before = keel::memory_stats().system_allocations;
  for (int i = 0; i < 10; ++i) {
    const Tensor x = Tensor::empty({1000, 1000});
  }
  CHECK(keel::memory_stats().system_allocations == before);
}

TEST_CASE("memory: the peak is that of one piece of work once it is reset") {
  { const Tensor large = Tensor::empty({1 << 20}); }
  keel::reset_peak_memory();
  const auto start = keel::memory_stats();
  CHECK(start.peak == start.in_use);
  { const Tensor small = Tensor::empty({1 << 10}); }
  CHECK(keel::memory_stats().peak == start.in_use + (4 << 10));
}

TEST_CASE("shapes are checked and broadcast") {
  using keel::Shape;
  CHECK(keel::broadcast(Shape{4, 1, 3}, Shape{5, 1}) == Shape{4, 5, 3});
  CHECK(keel::broadcast(Shape{}, Shape{2}) == Shape{2});
  CHECK_THROWS_WITH(keel::broadcast(Shape{2, 3}, Shape{4}),
                    ContainsSubstring("[2, 3] and [4] do not broadcast"));
  CHECK_THROWS_WITH((Shape{1, -2}), ContainsSubstring("negative extent -2"));
  CHECK_THROWS_WITH((Shape{1 << 30, 1 << 30, 1 << 30}), ContainsSubstring("2^48"));
  constexpr std::int64_t kLong = std::int64_t{1} << 40;
  CHECK_THROWS_WITH(broadcast(Shape{kLong, 1}, Shape{1, kLong}), ContainsSubstring("2^48"));
  CHECK_THROWS_WITH((Shape{0, kLong, kLong}), ContainsSubstring("2^48"));  // has strides
  CHECK_THROWS_WITH((Shape{2, 3}[2]), ContainsSubstring("axis 2 is outside shape [2, 3]"));
}

TEST_CASE("random tensors hold what the stream yields in turn, on any number of threads") {
  const keel::testing::ThreadCount restored;
  for (const int threads : {1, 3}) {
    keel::set_num_threads(threads);
    keel::Rng rng(1, 2), expected(1, 2);
    rng.bits();
    expected.bits();
    const Tensor u = Tensor::uniform({3, 5001}, -1, 2, rng, DType::kFloat64);
    const Tensor n = Tensor::normal({20001}, 1, 3, rng, DType::kFloat64);
    bool equal = true;
    for (const double v : u.values<double>()) equal = equal && v == expected.uniform(-1, 2);
    for (const double v : n.values<double>()) equal = equal && v == 1 + 3 * expected.normal();
    CHECK(equal);
    CHECK(rng.state() == expected.state());
    CHECK(rng.bits() == expected.bits());
  }
}
