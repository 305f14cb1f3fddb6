#include <algorithm>

#include <keel/core/kernels/cached_product.h>
#include <keel/core/ops/linear.h>
#include <keel/core/parallel.h>

#include "tests/support/gradient_check.h"
#include "tests/support/reference.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Shape;
using keel::Tensor;
using keel::kernels::suits_cached_product;
using namespace keel::testing;

namespace {

Tensor transposed(const Tensor& x) {
  Tensor y = Tensor::empty({x.size(1), x.size(0)}, x.dtype());
  for (std::int64_t i = 0; i < x.size(0); ++i) {
    for (std::int64_t j = 0; j < x.size(1); ++j) {
      y.mutable_data<float>()[j * x.size(0) + i] = x.data<float>()[i * x.size(1) + j];
    }
  }
  return y;
}

struct Extents {
  std::int64_t m, n, k;
};

// One row, a vector's width and one more, edges in every direction, several strips and chunks.
const std::vector<Extents> kExtents = {{1, 16, 16},  {1, 17, 16},    {3, 16, 17},     {9, 31, 33},
                                       {60, 33, 16}, {7, 49, 100},   {60, 100, 784},  {33, 97, 131},
                                       {5, 784, 60}, {130, 84, 120}, {257, 500, 500}, {0, 20, 20}};

}  // namespace

TEST_CASE("products in the cache agree with their definition, whatever is transposed") {
  for (const auto& [m, n, k] : kExtents) {
    CAPTURE(m, n, k);
    REQUIRE(suits_cached_product(n, k));
    const Tensor a = random_tensor({m, k}, 1, DType::kFloat32);
    const Tensor b = random_tensor({k, n}, 2, DType::kFloat32);
    const Tensor expected = naive_matmul(a.to(DType::kFloat64), b.to(DType::kFloat64));
    const Tensor at = transposed(a), bt = transposed(b);
    Tensor first;
    for (const bool ta : {false, true}) {
      for (const bool tb : {false, true}) {
        Tensor c = Tensor::empty({m, n});
        keel::kernels::cached_product(m, n, k, {(ta ? at : a).data<float>(), ta ? m : k, ta},
                                      {(tb ? bt : b).data<float>(), tb ? k : n, tb},
                                      c.mutable_data<float>());
        CHECK(max_difference(c, expected) < 1e-6 * static_cast<double>(k));
        // An element is the same sum in each case.
        if (!first.defined()) first = c;
        CHECK(bit_equal(c, first));
      }
    }
  }
}

TEST_CASE("products in the cache give the same bits for any number of threads") {
  check_threads(
      [](const auto& in) { return keel::linear(in[0], in[1], in[2]); },
      {random_tensor({130, 311}, 1), random_tensor({203, 311}, 2), random_tensor({203}, 3)});
}

TEST_CASE("what fills no vector or no cache is left to BLAS") {
  CHECK_FALSE(suits_cached_product(3, 500));
  CHECK_FALSE(suits_cached_product(500, 3));
  CHECK_FALSE(suits_cached_product(1024, 1024));
}
