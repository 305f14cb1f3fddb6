#include <fmt/format.h>

#include <keel/core/ops/pool.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Pool {
  const char *name, *model;
  Shape x;
  std::int64_t kernel;
  Tensor (*op)(const Tensor& x);
  bool remembers_places;  // which pixel won, an int32 per output
  // In the model's step with batch norm, in whose passes the max pools come.
  int count = 1;
};

Tensor max_of_four(const Tensor& x) {
  return max_pool2d(x, {}, Epilogue::kRelu);  // as the models have it
}
Tensor mean_of_four(const Tensor& x) {
  return avg_pool2d(x);
}
Tensor mean_of_quarters(const Tensor& x) {
  return adaptive_avg_pool2d(x, 2, 2);
}

const std::vector<Pool> kPools = {
    {"max_pool", "lenet5", {256, 28, 28, 6}, 2, max_of_four, true, 0},
    {"max_pool", "lenet5", {256, 10, 10, 16}, 2, max_of_four, true, 0},
    {"max_pool", "vgg-small", {128, 32, 32, 64}, 2, max_of_four, true, 0},
    {"max_pool", "vgg-small", {128, 16, 16, 128}, 2, max_of_four, true, 0},
    {"max_pool", "vgg-small", {128, 8, 8, 256}, 2, max_of_four, true, 0},
    {"avg_pool", "vgg-small", {128, 32, 32, 64}, 2, mean_of_four, false, 0},
    {"adaptive_avg_pool", "resnet20", {128, 8, 8, 64}, 4, mean_of_quarters, false, 0},
    {"global_avg_pool", "resnet20", {128, 8, 8, 64}, 8, global_avg_pool2d, false},
};

}  // namespace

std::vector<Case> pool_cases() {
  std::vector<Case> cases;
  for (const Pool& pool : kPools) {
    const double in = static_cast<double>(pool.x.numel());
    const double out = in / static_cast<double>(pool.kernel * pool.kernel);
    const Work work{.flops = in, .bytes = 4 * (in + (pool.remembers_places ? 2 : 1) * out)};
    const Op op = [f = pool.op](const std::vector<Tensor>& inputs) { return f(inputs[0]); };
    const std::string name =
        fmt::format("{}/{}/{}x{}x{}", pool.name, pool.model, pool.x[1], pool.x[2], pool.x[3]);
    append(cases,
           {forward_case(name + "/forward", work, {pool.x}, op),
            backward_case(name + "/backward", work, {pool.x}, {0}, op)},
           pool.model, pool.count);
  }
  return cases;
}

}  // namespace keel::bench
