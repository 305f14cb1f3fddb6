#include <array>
#include <limits>
#include <tuple>
#include <vector>

#include <keel/core/autograd.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/conv.h>
#include <keel/core/parallel.h>

#include "tests/support/gradient_check.h"
#include "tests/support/reference.h"
#include "tests/support/test.h"
#include "tests/support/thread_check.h"

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

TEST_CASE("conv2d with a max pool is the two one after the other, bit for bit") {
  struct PooledCase {
    Case conv;
    keel::Pool2dOptions pool;
  };
  const std::vector<PooledCase> pooled_cases = {
      {{{19, 12, 12, 1}, {6, 5, 5, 1}, {.padding = 2}}, {}},  // images in the lanes, down to here
      {{{1, 9, 11, 3}, {3, 3, 3, 3}, {}}, {}},
      {{{33, 9, 9, 17}, {5, 3, 3, 17}, {.stride = 2, .padding = 1}}, {.kernel = 3, .stride = 1}},
      {{{3, 8, 7, 2}, {1, 4, 4, 2}, {.padding = 2}}, {.kernel = 3, .stride = 2, .padding = 1}},
      {{{0, 8, 8, 1}, {6, 5, 5, 1}, {}}, {}},
      {{{4, 9, 9, 6}, {17, 5, 5, 6}, {}}, {}},               // channels in the lanes
      {{{2, 8, 8, 16}, {32, 3, 3, 16}, {.padding = 1}}, {}}  // Winograd
  };
  for (const auto& [conv, pool] : pooled_cases) {
    // Which of x, weight and bias need a gradient.
    for (const auto& [of_x, of_weight, of_bias] :
         {std::tuple(true, true, true), std::tuple(false, true, true),
          std::tuple(false, false, true), std::tuple(false, true, false)}) {
      for (const keel::Epilogue epilogue : {keel::Epilogue::kNone, keel::Epilogue::kRelu}) {
        for (const bool hole : {true, false}) {
          CAPTURE(conv.x.to_string(), conv.weight.to_string(), of_x, of_weight, of_bias, hole);
          const auto run = [&, of = std::array{of_x, of_weight, of_bias}](bool fused) {
            std::vector<Tensor> inputs{random_tensor(conv.x, 1), random_tensor(conv.weight, 2),
                                       random_tensor({conv.weight[0]}, 3)};
            for (std::size_t i = 0; i < inputs.size(); ++i) {
              inputs[i] = inputs[i].to(DType::kFloat32);
              if (of[i]) inputs[i].set_requires_grad();
            }
            if (hole && inputs[0].numel() > 0) {
              inputs[0].mutable_data<float>()[7] = std::numeric_limits<float>::quiet_NaN();
            }
            const auto& [x, weight, bias] = std::tie(inputs[0], inputs[1], inputs[2]);
            const Tensor y =
                fused ? keel::conv2d_max_pool2d(x, weight, bias, conv.geometry, pool, epilogue)
                      : keel::max_pool2d(keel::conv2d(x, weight, bias, conv.geometry), pool,
                                         epilogue);
            keel::backward(y, random_tensor(y.shape(), 4).to(DType::kFloat32));
            std::vector<Tensor> results{y.detach()};
            for (const Tensor& input : inputs) {
              if (input.requires_grad()) results.push_back(input.grad());
            }
            return results;
          };
          const std::vector<Tensor> fused = run(true), apart = run(false);
          REQUIRE(fused.size() == apart.size());
          for (std::size_t i = 0; i < fused.size(); ++i) CHECK(bit_equal(fused[i], apart[i]));
        }
      }
    }
  }
}

TEST_CASE("conv2d with a max pool agrees with float64, whatever the threads") {
  const auto run = [](DType dtype) {
    const Tensor x = random_tensor({37, 14, 14, 2}, 1).to(dtype);
    const Tensor weight = random_tensor({6, 5, 5, 2}, 2).to(dtype).set_requires_grad();
    const Tensor bias = random_tensor({6}, 3).to(dtype).set_requires_grad();
    const Tensor y = keel::conv2d_max_pool2d(x, weight, bias, {}, {}, keel::Epilogue::kRelu);
    keel::backward(y, random_tensor(y.shape(), 4).to(dtype));
    return std::vector<Tensor>{y.detach(), weight.grad(), bias.grad()};
  };
  const std::vector<Tensor> exact = run(DType::kFloat64), first = run(DType::kFloat32);
  for (std::size_t i = 0; i < exact.size(); ++i) CHECK(relative_error(first[i], exact[i]) < 1e-5);
  const int before = keel::num_threads();
  for (const int threads : {1, 2, 5}) {
    keel::set_num_threads(threads);
    const std::vector<Tensor> again = run(DType::kFloat32);
    for (std::size_t i = 0; i < first.size(); ++i) CHECK(bit_equal(again[i], first[i]));
  }
  keel::set_num_threads(before);
}

TEST_CASE("conv2d_max_pool2d gradients") {
  check_gradient(
      [&](const auto& in) {
        return keel::conv2d_max_pool2d(in[0], in[1], in[2], {.padding = 1}, {});
      },
      {random_tensor({2, 6, 5, 3}, 1), random_tensor({4, 3, 3, 3}, 2), random_tensor({4}, 3)});
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
  const int before = keel::num_threads();
  for (const int threads : {1, 2, 3}) {
    keel::set_num_threads(threads);
    const std::vector<Tensor> again = run(DType::kFloat32);
    for (std::size_t i = 0; i < first.size(); ++i) CHECK(bit_equal(again[i], first[i]));
  }
  keel::set_num_threads(before);
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

TEST_CASE("conv2d_max_pool2d says which shapes do not fit") {
  CHECK_THROWS_WITH(
      keel::conv2d_max_pool2d(Tensor::zeros({7, 4, 4, 1}), Tensor::zeros({4, 3, 3, 1}), Tensor(),
                              {}, {.kernel = 3}),
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
