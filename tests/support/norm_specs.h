#pragma once
// Every normalisation, for tests that hold for all of them.

#include <string>
#include <vector>

#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/norm.h>
#include <keel/layers/residual.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"

namespace keel::testing {

/// Each of the table with its defaults, each modifier, and options that take another path.
inline std::vector<std::string> norm_specs() {
  std::vector<std::string> specs{"batch:affine=no",
                                 "batch:momentum=none",
                                 "batch:frozen",
                                 "batch:untracked",
                                 "batch:precise",
                                 "layer:channels",
                                 "layer:affine=element",
                                 "layer:affine=no",
                                 "group:4",
                                 "group:2:affine=no",
                                 "instance:tracked",
                                 "batch+ws",
                                 "ghost:2",
                                 "ghost:2:momentum=none",
                                 "renorm:rmax=1.0001:dmax=0.0001:warmup=0",
                                 "rms:channels",
                                 "frn:learn-eps=yes",
                                 "bcn:2+ws",
                                 "evonorm-s0:2",
                                 "evonorm-b0:affine=no"};
  for (const auto& entry : norm_table()) specs.push_back(entry.first);
  for (const auto& entry : weight_rule_table()) specs.push_back("none+" + entry.first);
  return specs;
}

/// Gives gamma, beta and what else a normalisation learns other values, so that they differ.
inline void draw_norm_parameters(Module& model, Rng& rng) {
  for (StateEntry& entry : parameters_of(model)) {
    if (entry.kind == StateKind::kConvWeight) continue;
    entry.tensor.copy_from(Tensor::uniform(entry.tensor.shape(), 0.3, 0.9, rng));
  }
}

/// The normalisation, and the activation if it brings one, for images of that shape [N, H, W, C].
inline Sequential norm_alone(const NormSpec& spec, const Shape& images,
                             DType dtype = DType::kFloat64) {
  Rng rng(5);
  Sequential model;
  const NormSite site{.channels = images[3], .height = images[1], .width = images[2]};
  model.add(make_norm(spec, site));
  if (ModulePtr activation = make_norm_activation(spec, site)) model.add(std::move(activation));
  convert(model, dtype);
  draw_norm_parameters(model, rng);
  return model;
}

/// A 3x3 convolution of 3 channels to 8, the normalisation, and the activation if it brings one,
/// for images of that size. What the normalisation learns is drawn.
inline Sequential conv_and_norm(const NormSpec& spec, std::int64_t height, std::int64_t width,
                                DType dtype = DType::kFloat64) {
  Rng rng(5);
  Sequential model;
  const NormSite site{.channels = 8, .height = height, .width = width};
  model.add<Conv2d>(
      3, 8, Conv2dOptions{.padding = 1, .bias = false, .weight_rules = weight_rules(spec)}, rng);
  model.add(make_norm(spec, site));
  if (ModulePtr activation = make_norm_activation(spec, site)) model.add(std::move(activation));
  convert(model, dtype);
  draw_norm_parameters(model, rng);
  return model;
}

/// x + branch(x) as a residual net has it, of two 3x3 convolutions of `channels` to as many, for
/// images of 4x4: where a normalisation depends on its place, it is in that place here.
inline Residual residual_block(const NormSpec& spec, std::int64_t channels, DType dtype) {
  const NormEntry& entry = norm_table().at(spec.norm.name);
  Rng rng(5);
  auto branch = std::make_unique<Sequential>();
  const auto add = [&](NormPlace place) {
    ModulePtr conv = std::make_unique<Conv2d>(
        channels, channels, Conv2dOptions{.padding = 1, .bias = entry.keeps_bias}, rng);
    branch->add(entry.wrap_layer ? entry.wrap_layer(std::move(conv)) : std::move(conv));
    branch->add(make_norm(
        spec,
        {.channels = channels, .height = 4, .width = 4, .place = place, .residual_blocks = 1}));
  };
  add(NormPlace::kBranch);
  branch->add<Activation>("relu");
  add(NormPlace::kBranchEnd);
  Residual block(std::move(branch), nullptr, nullptr);
  convert(block, dtype);
  return block;
}

}  // namespace keel::testing
