#include <keel/core/autograd.h>
#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/norm.h>
#include <keel/layers/residual.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

// With one, a container does every layer on its own.
struct Watching : ForwardObserver {
  void observe(const std::string&, Module&, const Tensor&, const Tensor&) override { ++seen; }
  int seen = 0;
};

ModulePtr block(const std::string& norm, std::int64_t channels) {
  Rng rng(3);
  auto main = std::make_unique<Sequential>();
  main->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  main->add(make_norm(norm, {.channels = channels}));
  main->add<Activation>("relu");
  main->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  main->add(make_norm(norm, {.channels = channels}));
  return std::make_unique<Residual>(std::move(main), nullptr, std::make_unique<Activation>("relu"));
}

}  // namespace

TEST_CASE("fused layers give the bits of single ones, forward and backward") {
  for (const auto& [norm, channels] : std::vector<std::pair<std::string, std::int64_t>>{
           {"batch", 6}, {"group", 6}, {"layer", 6}, {"instance", 6}, {"none", 6}, {"none", 16}}) {
    const Tensor input = random_tensor({4, 7, 5, channels}, 1).to(DType::kFloat32);
    const Tensor dy = random_tensor({4, 7, 5, channels}, 2).to(DType::kFloat32);
    for (const bool training : {true, false}) {
      CAPTURE(norm, channels, training);
      Watching watching;
      const auto run = [&](ForwardObserver* observer) {
        const ModulePtr model = block(norm, channels);
        const Tensor x = input.clone().set_requires_grad();
        const Tensor y = model->forward(x, {.training = training, .observer = observer});
        backward(y, dy);
        std::vector<Tensor> results{y, x.grad()};
        for (const StateEntry& entry : parameters_of(*model))
          results.push_back(entry.tensor.grad());
        return results;
      };
      const std::vector<Tensor> fused = run(nullptr), single = run(&watching);
      CHECK(watching.seen > 0);
      REQUIRE(fused.size() == single.size());
      for (std::size_t i = 0; i < fused.size(); ++i)
        CHECK(max_difference(fused[i], single[i]) == 0);
    }
  }
}
