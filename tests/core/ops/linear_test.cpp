#include <keel/core/ops/linear.h>
#include <keel/core/parallel.h>

#include "tests/support/gradient_check.h"
#include "tests/support/reference.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::DType;
using keel::Tensor;
using namespace keel::testing;

TEST_CASE("matmul agrees with its definition") {
  const Tensor a = random_tensor({5, 7}, 1), b = random_tensor({7, 3}, 2);
  CHECK(max_difference(keel::matmul(a, b), naive_matmul(a, b)) < 1e-13);
}

TEST_CASE("matmul gradients, plain and batched, with every transposition") {
  for (const bool ta : {false, true}) {
    for (const bool tb : {false, true}) {
      const auto f = [=](const auto& in) {
        return keel::matmul(in[0], in[1], {.transpose_a = ta, .transpose_b = tb});
      };
      check_gradient(f, {random_tensor(ta ? keel::Shape{4, 3} : keel::Shape{3, 4}, 1),
                         random_tensor(tb ? keel::Shape{5, 4} : keel::Shape{4, 5}, 2)});
      check_gradient(f, {random_tensor(ta ? keel::Shape{2, 4, 3} : keel::Shape{2, 3, 4}, 1),
                         random_tensor(tb ? keel::Shape{2, 5, 4} : keel::Shape{2, 4, 5}, 2)});
    }
  }
}

TEST_CASE("linear gradients, with and without a bias") {
  check_gradient([](const auto& in) { return keel::linear(in[0], in[1], in[2]); },
                 {random_tensor({4, 5}, 1), random_tensor({3, 5}, 2), random_tensor({3}, 3)});
  check_gradient([](const auto& in) { return keel::linear(in[0], in[1], Tensor()); },
                 {random_tensor({4, 5}, 1), random_tensor({3, 5}, 2)});
}

TEST_CASE("linear gives the same bits for any number of threads") {
  const Tensor x = random_tensor({300, 500}, 1, DType::kFloat32);
  const Tensor w = random_tensor({400, 500}, 2, DType::kFloat32);
  const ThreadCount restored;
  keel::set_num_threads(1);
  const Tensor expected = keel::linear(x, w, Tensor());
  for (const int threads : {2, 3}) {
    keel::set_num_threads(threads);
    CHECK(bit_equal(keel::linear(x, w, Tensor()), expected));
  }
}

TEST_CASE("products say which shapes do not fit") {
  CHECK_THROWS_WITH(keel::matmul(Tensor::zeros({2, 3}), Tensor::zeros({2, 3})),
                    ContainsSubstring("a [2, 3] and b [2, 3] do not fit"));
  CHECK_THROWS_WITH(keel::matmul(Tensor::zeros({2}), Tensor::zeros({2, 3})),
                    ContainsSubstring("got a [2], b [2, 3]"));
  CHECK_THROWS_WITH(keel::linear(Tensor::zeros({2, 3}), Tensor::zeros({4, 5}), Tensor()),
                    ContainsSubstring("weight [4, 5] expects x [N, 5], got x [2, 3]"));
}
