#include <limits>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/conv.h>
#include <keel/core/ops/pool.h>
#include <keel/core/parallel.h>

#include "tests/support/gradient_check.h"
#include "tests/support/reference.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"
#include "tests/support/thread_count.h"

using keel::Conv2dGeometry;
using keel::DType;
using keel::Shape;
using keel::Tensor;
using namespace keel::testing;

namespace {

struct Case {
  Shape x, weight;
  Conv2dGeometry geometry;
};

const std::vector<Case> kCases = {
    {{2, 5, 6, 3}, {4, 3, 3, 3}, {.padding = 1}},
    {{1, 7, 5, 1}, {2, 5, 5, 1}, {.padding = 2}},
    {{3, 6, 6, 4}, {6, 3, 3, 4}, {.stride = 2, .padding = 1}},
    {{2, 8, 7, 2}, {3, 3, 2, 2}, {.padding = 2, .dilation = 2}},
    {{2, 4, 4, 6}, {4, 3, 3, 3}, {.padding = 1, .groups = 2}},
    {{2, 5, 5, 4}, {4, 3, 3, 1}, {.stride = 2, .padding = 1, .groups = 4}},  // depthwise
    {{2, 5, 4, 3}, {5, 1, 1, 3}, {}},
    {{2, 5, 4, 3}, {5, 1, 1, 3}, {.stride = 2}},
    {{1, 3, 3, 17}, {1, 3, 3, 17}, {}},
};

}  // namespace

TEST_CASE("conv2d agrees with its definition") {
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.weight.to_string(), c.geometry.stride, c.geometry.groups);
    const Tensor x = random_tensor(c.x, 1), weight = random_tensor(c.weight, 2);
    const Tensor bias = random_tensor({c.weight[0]}, 3);
    const Tensor expected = naive_conv2d(x, weight, bias, c.geometry);
    CHECK(max_difference(keel::conv2d(x, weight, bias, c.geometry), expected) < 1e-12);
    CHECK(relative_error(keel::conv2d(x.to(DType::kFloat32), weight.to(DType::kFloat32),
                                      bias.to(DType::kFloat32), c.geometry),
                         expected) < 1e-6);
  }
}

TEST_CASE("conv2d with a ReLU is the two one after the other, bit for bit") {
  std::vector<Case> cases = kCases;
  cases.push_back({{2, 6, 7, 16}, {32, 3, 3, 16}, {.padding = 1}});  // Winograd
  cases.push_back({{19, 9, 9, 1}, {6, 5, 5, 1}, {.padding = 2}});    // images in the lanes
  cases.push_back({{4, 9, 9, 6}, {17, 5, 5, 6}, {}});                // channels in the lanes
  for (const Case& c : cases) {
    for (const bool biased : {true, false}) {
      for (const DType dtype : {DType::kFloat32, DType::kFloat64}) {
        CAPTURE(c.x.to_string(), c.weight.to_string(), biased);
        const auto run = [&](bool fused) {
          const auto leaf = [&](const Shape& shape, std::uint64_t seed) {
            return random_tensor(shape, seed).to(dtype).set_requires_grad();
          };
          const Tensor x = leaf(c.x, 1), weight = leaf(c.weight, 2);
          const Tensor bias = biased ? leaf({c.weight[0]}, 3) : Tensor();
          const Tensor y = fused ? keel::conv2d(x, weight, bias, c.geometry, keel::Epilogue::kRelu)
                                 : keel::relu(keel::conv2d(x, weight, bias, c.geometry));
          keel::backward(y, random_tensor(y.shape(), 4).to(dtype));
          std::vector<Tensor> results{y.detach(), x.grad(), weight.grad()};
          if (biased) results.push_back(bias.grad());
          return results;
        };
        const std::vector<Tensor> fused = run(true), apart = run(false);
        for (std::size_t i = 0; i < fused.size(); ++i) CHECK(bit_equal(fused[i], apart[i]));
      }
    }
  }
}

namespace {

struct PooledCase {
  Case conv;
  keel::Pool2dOptions pool;
};

// Images lie in the lanes of vectors where output channels would leave too many of them empty: 1, 2
// and 5 channels whatever the vectors, others with some.
const std::vector<PooledCase> kPooledCases = {
    {{{37, 12, 12, 2}, {5, 5, 5, 2}, {.padding = 2}}, {}},
    {{{19, 12, 12, 1}, {6, 5, 5, 1}, {.padding = 2}}, {}},
    {{{17, 9, 11, 3}, {10, 3, 3, 3}, {.dilation = 2}}, {}},
    {{{33, 9, 9, 17}, {5, 3, 3, 17}, {.stride = 2, .padding = 1}}, {.kernel = 3, .stride = 1}},
    {{{3, 8, 7, 2}, {1, 4, 4, 2}, {.padding = 2}}, {.kernel = 3, .stride = 2, .padding = 1}},
    {{{20, 8, 9, 2}, {2, 3, 3, 2}, {}}, {.kernel = 3, .padding = 1}},
    {{{0, 8, 8, 1}, {5, 5, 5, 1}, {}}, {}},
    {{{4, 9, 9, 6}, {16, 5, 5, 6}, {}}, {}},                // channels in the lanes
    {{{2, 8, 8, 16}, {32, 3, 3, 16}, {.padding = 1}}, {}},  // Winograd
};

struct Wanted {
  bool x, weight, bias, has_bias = true;
};

// The result and the gradients that are wanted, in one op or in two.
std::vector<Tensor> pooled(const PooledCase& c, const Wanted& wanted, bool relu, bool fused,
                           float hole) {
  Tensor x = random_tensor(c.conv.x, 1).to(DType::kFloat32);
  Tensor weight = random_tensor(c.conv.weight, 2).to(DType::kFloat32);
  Tensor bias;
  if (x.numel() > 0) x.mutable_data<float>()[7] = hole;
  if (wanted.x) x.set_requires_grad();
  if (wanted.weight) weight.set_requires_grad();
  if (wanted.has_bias) bias = random_tensor({c.conv.weight[0]}, 3).to(DType::kFloat32);
  if (wanted.bias) bias.set_requires_grad();
  const Tensor y =
      fused ? keel::conv2d(x, weight, bias, c.conv.geometry, {.relu = relu, .pool = c.pool})
            : keel::max_pool2d(keel::conv2d(x, weight, bias, c.conv.geometry), c.pool,
                               {.relu = relu});
  keel::backward(y, random_tensor(y.shape(), 4).to(DType::kFloat32));
  std::vector<Tensor> results{y.detach()};
  for (const Tensor& input : {x, weight, bias}) {
    if (input.requires_grad()) results.push_back(input.grad());
  }
  return results;
}

}  // namespace

TEST_CASE("conv2d with a max pool is the two one after the other, bit for bit") {
  for (const PooledCase& c : kPooledCases) {
    for (const Wanted& wanted :
         {Wanted{true, true, true}, Wanted{false, true, true}, Wanted{false, true, false},
          Wanted{false, false, true}, Wanted{true, false, false}, Wanted{true, true, false, false},
          Wanted{true, false, true}}) {
      for (const bool relu : {false, true}) {
        for (const float hole : {1.0f, std::numeric_limits<float>::quiet_NaN()}) {
          CAPTURE(c.conv.x.to_string(), c.conv.weight.to_string(), c.pool.kernel, wanted.x,
                  wanted.weight, wanted.bias, wanted.has_bias, hole, relu);
          const auto fused = pooled(c, wanted, relu, true, hole);
          const auto apart = pooled(c, wanted, relu, false, hole);
          REQUIRE(fused.size() == apart.size());
          for (std::size_t i = 0; i < fused.size(); ++i) CHECK(bit_equal(fused[i], apart[i]));
        }
      }
    }
  }
}

TEST_CASE("conv2d with a max pool is one pass for few channels, and says so") {
  const PooledCase& c = kPooledCases.front();
  const auto takes = [&](const Shape& weight, DType dtype, std::int64_t kernel) {
    return keel::conv2d_takes_pool(Tensor::zeros(c.conv.x, dtype), Tensor::zeros(weight, dtype),
                                   c.conv.geometry, {.kernel = kernel});
  };
  CHECK(takes(c.conv.weight, DType::kFloat32, 2));
  CHECK_FALSE(takes(c.conv.weight, DType::kFloat64, 2));
  CHECK_FALSE(takes(c.conv.weight, DType::kFloat32, 13));  // larger than the image
  CHECK_FALSE(takes({5, 5, 5, 3}, DType::kFloat32, 2));    // other channels than x
  CHECK_FALSE(takes({16, 5, 5, 2}, DType::kFloat32, 2));
}

TEST_CASE("conv2d with a max pool agrees with float64, whatever the threads") {
  const PooledCase& c = kPooledCases.front();
  const Function f = [&c](const auto& in) {
    return keel::conv2d(in[0], in[1], in[2], c.conv.geometry, {.relu = true, .pool = c.pool});
  };
  const std::vector<Tensor> inputs = {random_tensor(c.conv.x, 1), random_tensor(c.conv.weight, 2),
                                      random_tensor({c.conv.weight[0]}, 3)};
  check_threads(f, inputs);
  const auto run = [&](DType dtype) {
    std::vector<Tensor> in;
    for (const Tensor& input : inputs) in.push_back(input.clone().to(dtype).set_requires_grad());
    const Tensor y = f(in);
    keel::backward(y, random_tensor(y.shape(), 4).to(dtype));
    return std::vector<Tensor>{y.detach(), in[0].grad(), in[1].grad(), in[2].grad()};
  };
  const std::vector<Tensor> exact = run(DType::kFloat64), got = run(DType::kFloat32);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(relative_error(got[i], exact[i]) < 1e-5);
}

TEST_CASE("conv2d gradients") {
  for (const Case& c : kCases) {
    CAPTURE(c.x.to_string(), c.weight.to_string(), c.geometry.stride, c.geometry.groups);
    check_gradient(
        [&](const auto& in) { return keel::conv2d(in[0], in[1], in[2], c.geometry); },
        {random_tensor(c.x, 1), random_tensor(c.weight, 2), random_tensor({c.weight[0]}, 3)});
  }
}

TEST_CASE(
    "conv2d float32 gradients agree with float64 on a training-sized layer, whatever the threads") {
  const auto run = [](DType dtype) {
    Tensor x = random_tensor({5, 12, 12, 19}, 1).to(dtype).set_requires_grad();
    Tensor weight = random_tensor({21, 3, 3, 19}, 2).to(dtype).set_requires_grad();
    const Tensor y = keel::conv2d(x, weight, Tensor(), {.padding = 1});
    keel::backward(y, random_tensor(y.shape(), 4).to(dtype));
    return std::vector<Tensor>{y.detach(), x.grad(), weight.grad()};
  };
  const std::vector<Tensor> exact = run(DType::kFloat64), first = run(DType::kFloat32);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(relative_error(first[i], exact[i]) < 1e-5);
  const ThreadCount restored;
  for (const int threads : {1, 2, 3}) {
    keel::set_num_threads(threads);
    const std::vector<Tensor> again = run(DType::kFloat32);
    for (std::size_t i = 0; i < first.size(); ++i) CHECK(bit_equal(again[i], first[i]));
  }
}

TEST_CASE("conv2d gives the same bits for any number of threads in each of its kernels") {
  const auto check = [](const keel::Shape& x, const keel::Shape& weight, Conv2dGeometry geometry) {
    CAPTURE(x.to_string(), weight.to_string(), geometry.stride);
    check_threads([=](const auto& in) { return keel::conv2d(in[0], in[1], Tensor(), geometry); },
                  {random_tensor(x, 1), random_tensor(weight, 2)});
  };
  check({37, 12, 12, 16}, {32, 3, 3, 16}, {.stride = 2, .padding = 1});  // channels in the lanes
  check({37, 9, 9, 5}, {50, 3, 3, 5}, {});
  check({70, 12, 12, 3}, {6, 5, 5, 3}, {});                 // images in the lanes
  check({37, 16, 16, 16}, {16, 3, 3, 16}, {.padding = 1});  // Winograd, small filters
  check({9, 16, 16, 64}, {64, 3, 3, 64}, {.padding = 1});   // and large ones
  check({7, 16, 16, 96}, {96, 3, 3, 96}, {.padding = 1});   // and larger ones
  check({9, 12, 12, 16}, {32, 1, 1, 16}, {});               // a matrix product
}

TEST_CASE("conv2d of an empty batch is empty, with a gradient of zeros for the weights") {
  for (const std::int64_t out : {4, 16}) {
    Tensor weight = random_tensor({out, 3, 3, 16}, 2).to(DType::kFloat32).set_requires_grad();
    const Tensor y = keel::conv2d(Tensor::zeros({0, 8, 8, 16}), weight, Tensor(), {.padding = 1});
    CHECK(y.shape() == keel::Shape{0, 8, 8, out});
    keel::backward(y, Tensor::zeros(y.shape()));
    CHECK(bit_equal(weight.grad(), Tensor::zeros(weight.shape())));
  }
}

TEST_CASE("conv2d skips the gradients that no one asked for") {
  const Tensor x = random_tensor({1, 3, 3, 2}, 1);
  Tensor weight = random_tensor({2, 3, 3, 2}, 2).set_requires_grad();
  const Tensor y = keel::conv2d(x, weight, Tensor());
  keel::backward(y, Tensor::ones(y.shape(), y.dtype()));
  CHECK(weight.has_grad());
  CHECK_FALSE(x.requires_grad());
}

TEST_CASE("conv2d with a max pool says which shapes do not fit") {
  CHECK_THROWS_WITH(keel::conv2d(Tensor::zeros({7, 4, 4, 1}), Tensor::zeros({4, 3, 3, 1}), Tensor(),
                                 {}, {.pool = keel::Pool2dOptions{.kernel = 3}}),
                    "max_pool2d: kernel 3 (padding 0) does not fit into x [7, 2, 2, 4]");
}

TEST_CASE("conv2d says which shapes do not fit") {
  const auto conv = [](const Shape& x, const Shape& weight, Conv2dGeometry geometry = {}) {
    return keel::conv2d(Tensor::zeros(x), Tensor::zeros(weight), Tensor(), geometry);
  };
  CHECK_THROWS_WITH(
      conv({2, 28, 28, 16}, {64, 3, 3, 32}),
      "conv2d: weight [64, 3, 3, 32] with 1 group(s) expects 32 input channels, got x "
      "[2, 28, 28, 16]");
  CHECK_THROWS_WITH(conv({1, 8, 8, 1}, {4, 0, 3, 1}), ContainsSubstring("got [4, 0, 3, 1]"));
  CHECK_THROWS_WITH(conv({28, 28, 1}, {4, 3, 3, 1}),
                    ContainsSubstring("x [N, H, W, C], got [28, 28, 1]"));
  CHECK_THROWS_WITH(conv({1, 2, 9, 1}, {1, 5, 5, 1}),
                    ContainsSubstring("5x5 (dilation 1, padding 0) does not fit"));
  CHECK_THROWS_WITH(conv({1, 4, 4, 3}, {4, 3, 3, 1}, {.groups = 3}),
                    ContainsSubstring("4 output channels do not divide into 3 groups"));
  CHECK_THROWS_WITH(conv({1, 4, 4, 1}, {4, 3, 3, 1}, {.stride = 0}), ContainsSubstring("stride 0"));
  CHECK_THROWS_WITH(
      keel::conv2d(Tensor::zeros({1, 4, 4, 1}), Tensor::zeros({4, 3, 3, 1}), Tensor::zeros({3})),
      ContainsSubstring("bias [3] for 4 output channels"));
}
