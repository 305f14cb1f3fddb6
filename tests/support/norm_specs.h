#pragma once
// Every normalisation, for tests that hold for all of them.

#include <string>
#include <vector>

#include <keel/layers/conv2d.h>
#include <keel/layers/norm.h>
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
                                 "layer:channels",
                                 "layer:affine=element",
                                 "layer:affine=no",
                                 "group:4",
                                 "group:2:affine=no",
                                 "instance:tracked",
                                 "batch+ws",
                                 "ghost:2",
                                 "renorm:rmax=1.0001:dmax=0.0001:warmup=0",
                                 "rms:channels",
                                 "frn:learn-eps=yes",
                                 "bcn:2+ws",
                                 "evonorm-s0:2"};
  for (const auto& entry : norm_table()) specs.push_back(entry.first);
  for (const auto& entry : weight_rule_table()) specs.push_back("none+" + entry.first);
  return specs;
}

/// A 3x3 convolution of 3 channels to 8, the normalisation, and the activation if it brings one,
/// for images of that size. Gamma, beta and what else it learns are drawn, so that they differ.
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
  for (StateEntry& entry : parameters_of(model)) {
    if (entry.kind == StateKind::kConvWeight) continue;
    entry.tensor.copy_from(Tensor::uniform(entry.tensor.shape(), 0.3, 0.9, rng));
  }
  return model;
}

}  // namespace keel::testing
