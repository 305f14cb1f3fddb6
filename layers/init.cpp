#include <cmath>
#include <span>

#include <keel/layers/init.h>

namespace keel {

Fans fans_of(const Shape& weight, std::int64_t groups) {
  const double per_output = static_cast<double>(weight.numel()) / static_cast<double>(weight[0]);
  const double taps = weight.rank() == 4 ? static_cast<double>(weight[1] * weight[2]) : 1;
  return {.in = per_output,
          .out = static_cast<double>(weight[0]) / static_cast<double>(groups) * taps};
}

namespace {

Tensor drawn(const Shape& shape, Init init, Rng rng, std::int64_t groups) {
  const auto [fan_in, fan_out] = fans_of(shape, groups);
  const auto uniform = [&](double bound) { return Tensor::uniform(shape, -bound, bound, rng); };
  switch (init) {
    case Init::kPyTorch:
      return uniform(1 / std::sqrt(fan_in));
    case Init::kKaimingNormal:
      return Tensor::normal(shape, 0, std::sqrt(2 / fan_in), rng);
    case Init::kKaimingUniform:
      return uniform(std::sqrt(6 / fan_in));
    case Init::kXavierNormal:
      return Tensor::normal(shape, 0, std::sqrt(2 / (fan_in + fan_out)), rng);
    case Init::kXavierUniform:
      return uniform(std::sqrt(6 / (fan_in + fan_out)));
    case Init::kNormal:
      return Tensor::normal(shape, 0, 1, rng);
  }
  throw Error("init: unknown scheme");
}

}  // namespace

Tensor initial_weight(const Shape& shape, Init init, Rng rng, std::int64_t groups, double scale) {
  Tensor weight = drawn(shape, init, rng, groups);
  const std::span<float> values(weight.mutable_data<float>(),
                                static_cast<std::size_t>(weight.numel()));
  for (float& value : values) value = static_cast<float>(scale * static_cast<double>(value));
  return weight;
}

Tensor initial_bias(const Shape& weight, Init init, Rng rng) {
  if (init != Init::kPyTorch) return Tensor::zeros({weight[0]});
  const double bound = 1 / std::sqrt(fans_of(weight).in);
  return Tensor::uniform({weight[0]}, -bound, bound, rng);
}

}  // namespace keel
