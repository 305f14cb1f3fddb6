#include <memory>

#include <keel/optim/adam.h>
#include <keel/optim/sgd.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

constexpr std::int64_t kParameters = 1 << 21;  // vgg-small has 2.2 million

std::vector<ParameterGroup> group(double weight_decay) {
  Rng rng(1);
  Tensor value = Tensor::normal({kParameters}, 0, 1, rng);
  value.set_requires_grad();
  value.set_grad(Tensor::normal({kParameters}, 0, 1, rng));
  return {{.parameters = {{"weight", value}}, .weight_decay = weight_decay}};
}

Timed steps_of(std::shared_ptr<Optimizer> optimizer) {
  constexpr double kRate = 1e-6;
  return {.before = [] {}, .run = [optimizer] { optimizer->step(kRate); }};
}

// Per parameter: the operations of the rule in the optimiser's header, and how many arrays it only
// reads (the gradient) and how many it updates.
Work work_of(double flops, double updated) {
  constexpr double kCount = static_cast<double>(kParameters);
  return {.flops = flops * kCount,
          .bytes = 4 * (1 + 2 * updated) * kCount,
          .working_set = 4 * (1 + updated) * kCount,
          .in_place = true};
}

}  // namespace

std::vector<Case> optimizer_cases() {
  return {
      {"sgd/momentum+decay", work_of(6, 2),
       [] { return steps_of(std::make_shared<Sgd>(group(5e-4), SgdOptions{.momentum = 0.9})); }},
      {"adam", work_of(13, 3), [] { return steps_of(std::make_shared<Adam>(group(0))); }},
      {"adamw", work_of(15, 3),
       [] {
         return steps_of(std::make_shared<Adam>(group(1e-2), AdamOptions{.decoupled = true}));
       }},
  };
}

}  // namespace keel::bench
