#include <cmath>

#include <keel/core/kernels/columns.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/parallel.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_count.h"

using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

// One row and one column among them, columns that fill no vector, and chunks with a rest.
const std::vector<Shape> kShapes = {{1, 1},     {5, 3},    {3, 17},     {70001, 1}, {40, 9, 6},
                                    {23000, 3}, {9000, 8}, {301, 5000}, {0, 4}};

Tensor naive_sums(const Tensor& x) {
  const std::int64_t columns = x.size(-1);
  Tensor sum = Tensor::zeros({columns}, DType::kFloat64);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    sum.mutable_data<double>()[i % columns] += x.data<double>()[i];
  }
  return sum;
}

}  // namespace

TEST_CASE("sums of rows agree with their definition, whatever the threads") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.to_string());
    const Tensor x = random_tensor(shape, 1);
    const Tensor expected = naive_sums(x);
    const auto scale = std::sqrt(static_cast<double>(x.numel()) + 1);
    CHECK(max_difference(keel::kernels::sum_of_rows(x), expected) < 1e-13 * scale);
    const Tensor xf = x.to(DType::kFloat32);
    CHECK(max_difference(keel::kernels::sum_of_rows(xf), expected) < 1e-6 * scale);
    const ThreadCount restored;
    keel::set_num_threads(1);
    const Tensor alone = keel::kernels::sum_of_rows(xf);
    keel::set_num_threads(3);
    CHECK(bit_equal(keel::kernels::sum_of_rows(xf), alone));
  }
}

TEST_CASE("a row is added to each row") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.to_string());
    const Tensor v = random_tensor({shape[-1]}, 2);
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      const Tensor x = random_tensor(shape, 1).to(dtype);
      Tensor y = x.clone();
      keel::kernels::add_to_rows(y, v.to(dtype));
      CHECK(bit_equal(y, x + v.to(dtype)));
    }
  }
}

TEST_CASE("a ReLU's gradient and its sums are what the two give one after the other") {
  for (const Shape& shape : kShapes) {
    CAPTURE(shape.to_string());
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      const Tensor y = random_tensor(shape, 1).to(dtype);
      const Tensor dy = random_tensor(shape, 2).to(dtype);
      const Tensor expected = dispatch(dtype, [&]<class T>(T) {
        Tensor masked = dy.clone();
        for (std::int64_t i = 0; i < y.numel(); ++i) {
          if (!(y.data<T>()[i] > 0)) masked.mutable_data<T>()[i] = 0;
        }
        return masked;
      });
      const auto into_new = keel::kernels::relu_backward_rows(dy, y);
      const auto in_place = keel::kernels::relu_backward_rows(dy.clone(), y);
      for (const auto& got : {into_new, in_place}) {
        CHECK(bit_equal(got.dx, expected));
        CHECK(bit_equal(got.sum, keel::kernels::sum_of_rows(expected)));
      }
    }
  }
}
