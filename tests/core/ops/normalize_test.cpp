#include <cmath>
#include <limits>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/linear.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/pool.h>
#include <keel/core/ops/rms_normalize.h>
#include <keel/core/ops/shape_ops.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

using keel::DType;
using keel::EpsPlacement;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

// Straight from the definition: every row's elements are gathered, averaged, normalised.
Tensor naive_normalize(const Tensor& x, const Tensor& gamma, const Tensor& beta,
                       std::int64_t groups, double eps) {
  const std::int64_t channels = x.size(-1), pixels = x.numel() / channels;
  const std::int64_t per_sample = pixels / x.size(0);
  const auto row_of = [&](std::int64_t i) {
    const std::int64_t c = i % channels, sample = i / channels / per_sample;
    return groups == 0 ? c : sample * groups + c / (channels / groups);
  };
  Tensor y = x.clone();
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    double sum = 0, squares = 0, count = 0;
    for (std::int64_t j = 0; j < x.numel(); ++j) {
      if (row_of(j) == row_of(i)) sum += x.data<double>()[j], count += 1;
    }
    for (std::int64_t j = 0; j < x.numel(); ++j) {
      if (row_of(j) == row_of(i)) squares += std::pow(x.data<double>()[j] - sum / count, 2);
    }
    const std::int64_t c = i % channels;
    y.mutable_data<double>()[i] =
        gamma.at({c}) * (x.data<double>()[i] - sum / count) / std::sqrt(squares / count + eps) +
        beta.at({c});
  }
  return y;
}

struct Case {
  Shape x;
  std::int64_t groups;
};

const std::vector<Case> kCases = {
    {{4, 3, 2, 5}, 0}, {{7, 9}, 0},        {{2, 1, 1, 3}, 0},  // batch (N = 2 among them)
    {{3, 2, 3, 6}, 1}, {{3, 10}, 1},       {{5, 37}, 1},       // layer
    {{2, 3, 2, 6}, 3}, {{2, 2, 2, 16}, 2}, {{4, 44}, 2},       // group
    {{2, 3, 3, 9}, 9},                                         // instance
};

}  // namespace

TEST_CASE("normalize with a ReLU is the two one after the other, bit for bit") {
  using keel::Epilogue;
  for (const Case& c : {Case{{5, 7, 6, 6}, 0}, Case{{3, 4, 4, 16}, 4}, Case{{4, 3, 2, 5}, 1},
                        Case{{70, 32, 32, 1}, 0}, Case{{2, 9, 5, 48}, 48}, Case{{9, 3}, 0}}) {
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      const std::int64_t channels = c.x[-1];
      const auto leaf = [&](const Shape& shape, std::uint64_t seed) {
        return random_tensor(shape, seed).to(dtype).set_requires_grad();
      };
      const Tensor dy = random_tensor(c.x, 4).to(dtype);
      const auto run = [&](bool fused) {
        const Tensor x = leaf(c.x, 1), gamma = leaf({channels}, 2), beta = leaf({channels}, 3);
        const Tensor y = fused ? keel::normalize(x, gamma, beta, {c.groups}, 1e-5,
                                                 EpsPlacement::kInsideRoot, Epilogue::kRelu)
                                     .y
                               : keel::relu(keel::normalize(x, gamma, beta, {c.groups}, 1e-5).y);
        keel::backward(y, dy);
        return std::vector<Tensor>{y, x.grad(), gamma.grad(), beta.grad()};
      };
      const std::vector<Tensor> fused = run(true), apart = run(false);
      for (std::size_t i = 0; i < fused.size(); ++i) {
        CAPTURE(c.x, c.groups, i);
        CHECK(max_difference(fused[i], apart[i]) == 0);
      }
    }
  }
}

namespace {

struct PooledCase {
  Case norm;
  keel::Pool2dOptions pool;
  bool one_pass = true;
};

// Blocks of many images, of a part of one, and with ends within a band; a band larger than the
// first cache; columns that no window sees; and pools that stay ops of their own.
const std::vector<PooledCase> kPooledCases = {
    {{{13, 8, 6, 6}, 0}, {}},
    {{{5, 4, 7, 17}, 0}, {}},
    {{{70, 32, 32, 1}, 0}, {}},
    {{{2, 6, 150, 48}, 0}, {.kernel = 3, .stride = 3}},
    {{{1, 4, 4, 3}, 0}, {.kernel = 4}},
    {{{3, 4, 4, 16}, 4}, {}},
    {{{4, 6, 5, 5}, 1}, {.kernel = 3}},
    {{{19, 8, 9, 48}, 48}, {}},
    {{{4, 5, 6, 8}, 0}, {}, false},
    {{{4, 6, 6, 8}, 2}, {.kernel = 3, .stride = 1}, false},
    {{{4, 6, 6, 8}, 0}, {.kernel = 2, .padding = 1}, false},
};

}  // namespace

TEST_CASE("normalize with a max pool is the two one after the other, bit for bit") {
  for (const PooledCase& c : kPooledCases) {
    const Shape& shape = c.norm.x;
    CHECK(keel::normalize_takes_pool(Tensor::zeros(shape), c.pool) == c.one_pass);
    for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
      for (const bool relu : {true, false}) {
        for (const bool given : {false, true}) {
          if (given && c.norm.groups > 0) continue;
          for (const double hole : {1.0, std::numeric_limits<double>::quiet_NaN()}) {
            CAPTURE(shape.to_string(), c.norm.groups, name_of(dtype), relu, given, hole);
            const std::int64_t channels = shape[-1];
            const auto leaf = [&](const Shape& of, std::uint64_t seed) {
              return random_tensor(of, seed).to(dtype).set_requires_grad();
            };
            const auto run = [&](bool fused) {
              Tensor start = random_tensor(shape, 1);
              start.mutable_data<double>()[7] = hole;
              const Tensor x = start.to(dtype).set_requires_grad();
              const Tensor gamma = leaf({channels}, 2), beta = leaf({channels}, 3);
              const Tensor mean = random_tensor({channels}, 4), var = mean * mean;
              const auto normalized = [&](const keel::Epilogue& epilogue) {
                return given ? keel::normalize_with(x, mean, var, gamma, beta, 1e-5, epilogue)
                             : keel::normalize(x, gamma, beta, {c.norm.groups}, 1e-5,
                                               EpsPlacement::kInsideRoot, epilogue)
                                   .y;
              };
              const Tensor y = fused ? normalized({.relu = relu, .pool = c.pool})
                                     : keel::max_pool2d(normalized({}), c.pool, {.relu = relu});
              keel::backward(y, random_tensor(y.shape(), 5).to(dtype));
              return std::vector<Tensor>{y.detach(), x.grad(), gamma.grad(), beta.grad()};
            };
            const std::vector<Tensor> fused = run(true), apart = run(false);
            for (std::size_t i = 0; i < fused.size(); ++i) CHECK(bit_equal(fused[i], apart[i]));
          }
        }
      }
    }
  }
}

TEST_CASE("normalize with a max pool: its gradients, whatever the threads") {
  for (const PooledCase& c : kPooledCases) {
    if (c.norm.x.numel() > 2000) continue;
    CAPTURE(c.norm.x.to_string(), c.norm.groups);
    const Function f = [&c](const auto& in) {
      return keel::normalize(in[0], in[1], in[2], {c.norm.groups}, 1e-5, EpsPlacement::kInsideRoot,
                             {.relu = true, .pool = c.pool})
          .y;
    };
    const std::vector<Tensor> inputs = {random_tensor(c.norm.x, 1),
                                        random_tensor({c.norm.x[-1]}, 2),
                                        random_tensor({c.norm.x[-1]}, 3)};
    check_gradient(f, inputs, {.tolerance = 1e-6});
    check_threads(f, inputs);
  }
}

TEST_CASE("normalize says whether a pool fits") {
  const auto takes = [](const Shape& x, const keel::Pool2dOptions& pool) {
    return keel::normalize_takes_pool(Tensor::zeros(x), pool);
  };
  CHECK_FALSE(takes({4, 8}, {}));
  CHECK_FALSE(takes({0, 4, 4, 2}, {}));
  CHECK_FALSE(takes({2, 4, 1, 2}, {}));
  CHECK_FALSE(takes({2, 4, 4, 2}, {.kernel = 0}));
  CHECK_FALSE(takes({2, 4, 4, 2}, {.kernel = 8}));
  CHECK_THROWS_WITH(
      keel::normalize(Tensor::zeros({2, 4, 4, 2}), {}, {}, {}, 1e-5, EpsPlacement::kInsideRoot,
                      {.pool = keel::Pool2dOptions{.kernel = 8}}),
      ContainsSubstring("max_pool2d: kernel 8 (padding 0) does not fit into x"));
}

TEST_CASE("normalize agrees with its definition for every kind of row") {
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.groups);
    const Tensor x = random_tensor(c.x, 1);
    const Tensor gamma = random_tensor({c.x[-1]}, 2), beta = random_tensor({c.x[-1]}, 3);
    const Tensor expected = naive_normalize(x, gamma, beta, c.groups, 1e-5);
    CHECK(max_difference(keel::normalize(x, gamma, beta, {c.groups}, 1e-5).y, expected) < 1e-11);
    CHECK(relative_error(keel::normalize(x.to(DType::kFloat32), gamma.to(DType::kFloat32),
                                         beta.to(DType::kFloat32), {c.groups}, 1e-5)
                             .y,
                         expected) < 1e-6);
  }
}

TEST_CASE("normalize gradients: gamma differs within a group, a parameterised layer comes before") {
  for (const Case& c : kCases) {
    if (c.x.numel() / c.x[-1] == 2)
      continue;  // two values per channel: the slope is steep, see below
    CAPTURE(c.x.to_string(), c.groups);
    check_gradient(
        [&](const auto& in) { return keel::normalize(in[0], in[1], in[2], {c.groups}, 1e-5).y; },
        {random_tensor(c.x, 1), random_tensor({c.x[-1]}, 2), random_tensor({c.x[-1]}, 3)},
        {.tolerance = 1e-6});
  }
  check_gradient(
      [](const auto& in) {
        return keel::normalize(keel::linear(in[0], in[1], Tensor()), in[2], in[3], {}, 1e-5).y;
      },
      {random_tensor({6, 4}, 1), random_tensor({3, 4}, 2), random_tensor({3}, 3),
       random_tensor({3}, 4)});
}

TEST_CASE("normalize gradients with two values per row and with a variance near eps") {
  const auto batch = [](double eps) {
    return [=](const auto& in) { return keel::normalize(in[0], in[1], in[2], {}, eps).y; };
  };
  check_gradient(batch(0.1),
                 {random_tensor({2, 3}, 1), random_tensor({3}, 2), random_tensor({3}, 3)});
  Tensor small = random_tensor({5, 3}, 4);
  for (std::int64_t i = 0; i < small.numel(); ++i) small.mutable_data<double>()[i] *= 3e-3;
  check_gradient(batch(1e-5), {small, random_tensor({3}, 2), random_tensor({3}, 3)},
                 {.step = 1e-6});
}

TEST_CASE("normalize gradients without gamma and beta, and with eps outside the root") {
  check_gradient(
      [](const auto& in) {
        return keel::normalize(in[0], Tensor(), Tensor(), {1}, 0.1, EpsPlacement::kOutsideRoot).y;
      },
      {random_tensor({3, 2, 2, 4}, 1)});
}

TEST_CASE("rows of values side by side are normalised as others are") {
  // [N, C] takes other loops than [N, 1, 2, C / 2], whose rows are the same elements.
  for (const bool relu : {false, true}) {
    const keel::Epilogue epilogue{.relu = relu};
    const Tensor gamma = Tensor::ones({19}, DType::kFloat64);
    const auto once = [&](const Tensor& x) {
      return keel::normalize(x, gamma, {}, {1}, 1e-5, EpsPlacement::kOutsideRoot, epilogue).y;
    };
    const Tensor x = random_tensor({6, 38}, 1).set_requires_grad();
    const Tensor wide = x.clone().set_requires_grad();
    const Tensor y = keel::normalize(x, {}, {}, {1}, 1e-5, EpsPlacement::kOutsideRoot, epilogue).y;
    const Tensor other = once(keel::reshape(wide, {6, 1, 2, 19}));
    CHECK(max_difference(y, keel::reshape(other, y.shape())) < 1e-13);
    const Tensor dy = random_tensor(y.shape(), 2);
    keel::backward(y, dy);
    keel::backward(other, keel::reshape(dy, other.shape()));
    CHECK(max_difference(x.grad(), wide.grad()) < 1e-12);
  }
}

TEST_CASE("rms_normalize agrees with its definition, and so do its gradients") {
  const Tensor x = random_tensor({5, 21}, 1), gamma = random_tensor({21}, 2);
  const Tensor y = keel::rms_normalize(x, gamma, 1e-3);
  for (std::int64_t n = 0; n < 5; ++n) {
    double squares = 0;
    for (std::int64_t c = 0; c < 21; ++c) squares += x.at({n, c}) * x.at({n, c});
    for (std::int64_t c = 0; c < 21; ++c) {
      CHECK(y.at({n, c}) ==
            Approx(gamma.at({c}) * x.at({n, c}) / std::sqrt(squares / 21 + 1e-3)).epsilon(1e-12));
    }
  }
  check_gradient([](const auto& in) { return keel::rms_normalize(in[0], in[1], 1e-3); },
                 {x, gamma});
  check_gradient([](const auto& in) { return keel::rms_normalize(in[0], {}, 0.1); }, {x});
  check_threads([](const auto& in) { return keel::rms_normalize(in[0], in[1], 1e-3); },
                {random_tensor({3000, 17}, 1), random_tensor({17}, 2)});
  CHECK_THROWS_WITH(keel::rms_normalize(Tensor::zeros({2, 3, 4}), {}, 1e-5),
                    ContainsSubstring("expects x [N, C] and gamma [C] of its type, got [2, 3, 4]"));
}

TEST_CASE("normalize with constant statistics: value and gradient") {
  const Tensor mean = random_tensor({3}, 5);
  const Tensor var = Tensor::from({3}, {0.5, 2, 1e-3}, DType::kFloat64);
  const Tensor y = keel::normalize_with(Tensor::ones({1, 3}, DType::kFloat64), mean, var, Tensor(),
                                        Tensor(), 1e-5);
  CHECK(y.at({0, 1}) == Approx((1 - mean.at({1})) / std::sqrt(2 + 1e-5)));
  check_gradient(
      [&](const auto& in) { return keel::normalize_with(in[0], mean, var, in[1], in[2], 1e-5); },
      {random_tensor({4, 2, 2, 3}, 1), random_tensor({3}, 2), random_tensor({3}, 3)});
}

TEST_CASE("statistics do not cancel: mean 1e4 with deviation 0.1, and constant input") {
  Tensor x = random_tensor({64, 4, 4, 16}, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    x.mutable_data<float>()[i] = 1e4f + 0.1f * x.data<float>()[i];
  }
  const Tensor exact = x.to(DType::kFloat64);
  for (const std::int64_t groups : {0, 1, 4, 16}) {
    const auto result = keel::normalize(x, Tensor(), Tensor(), {groups}, 1e-5);
    const auto expected = keel::normalize(exact, Tensor(), Tensor(), {groups}, 1e-5);
    CHECK(relative_error(result.var, expected.var) < 1e-9);
    CHECK(relative_error(result.y, expected.y) < 1e-6);
    const auto constant =
        keel::normalize(Tensor::full({4, 3, 3, 16}, 1e4), Tensor(), Tensor(), {groups}, 1e-5);
    CHECK(max_difference(constant.y, Tensor::zeros({4, 3, 3, 16})) == 0);
    CHECK(max_difference(constant.var, Tensor::zeros(constant.var.shape(), DType::kFloat64)) == 0);
  }
}

TEST_CASE("inputs of 1e20 neither overflow the variance nor the gradient") {
  Tensor x = random_tensor({16, 3, 3, 8}, 1, DType::kFloat32);
  for (std::int64_t i = 0; i < x.numel(); ++i) x.mutable_data<float>()[i] *= 1e20f;
  const Tensor expected = keel::normalize(x.to(DType::kFloat64), Tensor(), Tensor(), {}, 1e-5).y;
  x.set_requires_grad();
  const Tensor y = keel::normalize(x, Tensor(), Tensor(), {}, 1e-5).y;
  CHECK(relative_error(y, expected) < 1e-6);
  keel::backward(y, random_tensor(y.shape(), 2, DType::kFloat32));
  for (const float v : x.grad().values<float>()) REQUIRE(std::isfinite(v));
}

TEST_CASE("normalize gives the same bits for any number of threads") {
  struct Rows {
    std::int64_t channels, groups;
  };
  for (const auto& [channels, groups] : {Rows{24, 0}, Rows{24, 3}, Rows{17, 0}, Rows{17, 17}}) {
    CAPTURE(channels, groups);
    check_threads(
        [rows = keel::StatisticsRows{groups}](const auto& in) {
          return keel::normalize(in[0], in[1], in[2], rows, 1e-5).y;
        },
        {random_tensor({9, 20, 20, channels}, 1), random_tensor({channels}, 2),
         random_tensor({channels}, 3)});
  }
  check_threads([](const auto& in) { return keel::normalize(in[0], in[1], in[2], {2}, 1e-5).y; },
                {random_tensor({3000, 34}, 1), random_tensor({34}, 2), random_tensor({34}, 3)});
}

TEST_CASE("normalize says what does not fit") {
  const auto run = [](const Shape& x, std::int64_t groups) {
    return keel::normalize(Tensor::zeros(x), Tensor(), Tensor(), {groups}, 1e-5);
  };
  CHECK_THROWS_WITH(run({1, 1, 1, 8}, 0),
                    ContainsSubstring("one value per channel, which has no variance"));
  CHECK_THROWS_WITH(run({4, 1, 1, 8}, 8), ContainsSubstring("one value per sample and group"));
  CHECK_THROWS_WITH(run({4, 2, 2, 8}, 3),
                    ContainsSubstring("8 channels do not divide into 3 groups"));
  CHECK_THROWS_WITH(keel::normalize(Tensor::zeros({4, 8}), Tensor::ones({3}), Tensor(), {}, 1e-5),
                    ContainsSubstring("gamma and beta of shape [8], got [3]"));
}
