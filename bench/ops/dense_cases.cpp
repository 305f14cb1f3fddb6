#include <fmt/format.h>

#include <keel/core/ops/linear.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Layer {
  const char* model;
  std::int64_t batch, in, out;
  int count = 1;       // in the model
  bool first = false;  // images need no gradient
};

const std::vector<Layer> kLayers = {
    {"lenet5", 256, 400, 120},      {"lenet5", 256, 120, 84},    {"lenet5", 256, 84, 10},
    {"mlp", 60, 784, 100, 1, true}, {"mlp", 60, 100, 100, 2},    {"mlp", 60, 100, 10},
    {"vgg-small", 128, 4096, 256},  {"vgg-small", 128, 256, 10}, {"resnet20", 128, 64, 10},
};

const std::vector<std::int64_t> kSquares = {128, 512, 1024};

Work product(std::int64_t m, std::int64_t n, std::int64_t k) {
  return {.flops = 2.0 * static_cast<double>(m * n * k),
          .bytes = 4.0 * static_cast<double>(m * k + k * n + m * n)};
}

}  // namespace

std::vector<Case> dense_cases() {
  std::vector<Case> cases;
  for (const Layer& l : kLayers) {
    const Op op = [](const std::vector<Tensor>& in) { return linear(in[0], in[1], in[2]); };
    const std::vector<Shape> inputs = {{l.batch, l.in}, {l.out, l.in}, {l.out}};
    const std::string name = fmt::format("dense/{}/{}to{}", l.model, l.in, l.out);
    const Work work = product(l.batch, l.out, l.in);
    std::vector<Case> passes = {
        forward_case(name + "/forward", work, inputs, op),
        backward_case(name + "/backward-weights", work, inputs, {1, 2}, op)};
    if (!l.first) passes.push_back(backward_case(name + "/backward-data", work, inputs, {0}, op));
    append(cases, std::move(passes), l.model, l.count);
  }
  const Op multiply = [](const std::vector<Tensor>& in) { return matmul(in[0], in[1]); };
  for (const std::int64_t n : kSquares) {
    cases.push_back(
        forward_case(fmt::format("gemm/{}", n), product(n, n, n), {{n, n}, {n, n}}, multiply));
  }
  constexpr std::int64_t kMatrices = 64, kSize = 128;
  Work batched = product(kSize, kSize, kSize);
  batched.flops *= kMatrices;
  batched.bytes *= kMatrices;
  cases.push_back(forward_case(fmt::format("gemm/{}x{}", kMatrices, kSize), batched,
                               {{kMatrices, kSize, kSize}, {kMatrices, kSize, kSize}}, multiply));
  return cases;
}

}  // namespace keel::bench
