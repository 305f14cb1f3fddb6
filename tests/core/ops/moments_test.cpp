#include <cmath>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/shape_ops.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::Moments;
using keel::Shape;
using keel::StatisticsRows;
using keel::Tensor;
using namespace keel::testing;

namespace {

Tensor to_double(const Tensor& x) {
  return keel::cast(x, DType::kFloat64);
}

Tensor random_float(const Shape& shape, double scale, double offset) {
  Tensor x = random_tensor(shape, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.mutable_data<float>()[i] = static_cast<float>(offset + scale * x.data<float>()[i]);
  }
  return x;
}

}  // namespace

TEST_CASE("moments are what normalize divides by, for every kind of row") {
  const Tensor x = random_tensor({3, 5, 2, 6}, 1);
  for (const std::int64_t groups : {0, 1, 2, 6}) {
    CAPTURE(groups);
    const Moments found = keel::moments(x, {groups});
    const auto expected = keel::normalize(x, {}, {}, {groups}, 1e-5);
    CHECK(found.mean.shape() == (groups == 0 ? Shape{6} : Shape{3, groups}));
    CHECK(bit_equal(reshape(found.mean, expected.mean.shape()), expected.mean));
    CHECK(bit_equal(reshape(found.var, expected.var.shape()), expected.var));
    CHECK(found.count == expected.count);
    check_gradient([&](const auto& in) { return keel::moments(in[0], {groups}).mean; }, {x});
    check_gradient([&](const auto& in) { return keel::moments(in[0], {groups}).var; }, {x});
    check_gradient([&](const auto& in) { return mean_square(keel::moments(in[0], {groups})); },
                   {x});
  }
}

TEST_CASE("affine: values and gradients, with coefficients per channel and per sample") {
  const Tensor x = random_tensor({3, 2, 2, 5}, 1);
  for (const Shape& center : {Shape{5}, Shape{3, 5}}) {
    for (const Shape& scale : {Shape{5}, Shape{3, 5}}) {
      const std::vector<Tensor> inputs{x, random_tensor(center, 2), random_tensor(scale, 3),
                                       random_tensor({5}, 4)};
      const auto stretched = [](const Tensor& v) {
        return v.rank() == 2 ? reshape(v, {3, 1, 1, 5}) : v;
      };
      const Tensor expected =
          (x - stretched(inputs[1])) * stretched(inputs[2]) + stretched(inputs[3]);
      const auto f = [](const auto& in) { return keel::affine(in[0], in[1], in[2], in[3]); };
      CHECK(max_difference(f(inputs), expected) < 1e-12);
      check_gradient(f, inputs);
    }
  }
  check_gradient([](const auto& in) { return keel::affine(in[0], {}, in[1], {}); },
                 {x, random_tensor({3, 5}, 2)});
}

TEST_CASE("moments and affine make up a normalisation that neither overflows nor cancels") {
  for (const auto& [scale, offset] : {std::pair{1e20, 0.0}, {0.1, 1e4}, {1.0, 0.0}}) {
    for (const std::int64_t groups : {0, 8}) {
      CAPTURE(scale, offset, groups);
      Tensor x = random_float({6, 5, 5, 8}, scale, offset), other = x.clone();
      const Tensor dy = random_tensor(x.shape(), 2, DType::kFloat32);
      x.set_requires_grad();
      other.set_requires_grad();
      const Moments rows = keel::moments(x, {groups});
      const Tensor y = keel::affine(x, rows.mean, 1.0 / sqrt(rows.var + 1e-5), {});
      const Tensor expected = keel::normalize(other, {}, {}, {groups}, 1e-5).y;
      CHECK(relative_error(y.detach(), expected.detach()) < 1e-6);
      backward(y, dy);
      backward(expected, dy);
      CHECK(relative_error(x.grad(), other.grad()) < 1e-3);
    }
  }
}

TEST_CASE("moments and affine give the same bits for any number of threads") {
  for (const std::int64_t groups : {0, 1, 24}) {
    const auto f = [&](const std::vector<Tensor>& in) {
      const Moments rows = keel::moments(in[0], {groups});
      const Tensor mean = groups == 0 ? rows.mean : spread_over_channels(rows.mean, 24);
      const Tensor var = groups == 0 ? rows.var : spread_over_channels(rows.var, 24);
      return keel::affine(in[0], mean, to_double(in[1]) / sqrt(var + 1e-5), to_double(in[2]));
    };
    check_threads(
        f, {random_tensor({9, 20, 20, 24}, 1), random_tensor({24}, 2), random_tensor({24}, 3)});
  }
}

TEST_CASE("moments and affine say what does not fit") {
  const Tensor x = Tensor::zeros({2, 3, 6});
  CHECK_THROWS_WITH(keel::moments(x, {4}), "moments: 6 channels do not divide into 4 groups");
  CHECK_THROWS_WITH(keel::moments(Tensor::zeros({0, 6}), {}), "moments: x [0, 6] is empty");
  CHECK_THROWS_WITH(keel::affine(x, {}, Tensor::ones({6}), {}),
                    "affine: x [2, 3, 6] needs float64 coefficients of shape [6] or [2, 6], got "
                    "[6] float32");
  CHECK_THROWS_WITH(keel::affine(x, {}, Tensor::ones({3, 6}, DType::kFloat64), {}),
                    ContainsSubstring("got [3, 6] float64"));
  CHECK_THROWS_WITH(keel::affine(x, {}, {}, {}), "affine: expects a scale");
  CHECK_THROWS_WITH(keel::affine(Tensor::ones({}), {}, Tensor::ones({6}, DType::kFloat64), {}),
                    "affine: expects x [N, ..., C], got []");
  CHECK_THROWS_WITH(keel::spread_over_channels(Tensor::zeros({2, 4}), 6),
                    "spread_over_channels: expects [N, groups] with groups that divide 6 channels, "
                    "got [2, 4]");
}
