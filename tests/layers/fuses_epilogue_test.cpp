#include <keel/core/autograd.h>
#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/identity.h>
#include <keel/layers/norm.h>
#include <keel/layers/pool.h>
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

ModulePtr block(const std::string& norm, const NormSite& site) {
  const std::int64_t channels = site.channels;
  Rng rng(3);
  auto main = std::make_unique<Sequential>();
  main->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  main->add(make_norm(norm, site));
  main->add<Activation>("relu");
  main->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  main->add(make_norm(norm, site));
  return std::make_unique<Residual>(std::move(main), nullptr, std::make_unique<Activation>("relu"));
}

// A ReLU before a pool that the norm's pass takes as well, one behind a pool, and one between two.
ModulePtr pools(const std::string& norm, const NormSite& site) {
  const std::int64_t channels = site.channels;
  Rng rng(3);
  auto model = std::make_unique<Sequential>();
  model->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  model->add(make_norm(norm, site));
  model->add<Activation>("relu").add<MaxPool2d>();
  model->add<Conv2d>(channels, channels, Conv2dOptions{.kernel = 3, .padding = 1}, rng);
  model->add<MaxPool2d>(Pool2dOptions{.kernel = 3, .stride = 1, .padding = 1});
  model->add<Activation>("relu").add<Identity>();
  model->add<MaxPool2d>(Pool2dOptions{.kernel = 2, .stride = 1});
  return model;
}

}  // namespace

TEST_CASE("fused layers give the bits of single ones, forward and backward") {
  struct Case {
    std::string norm;
    std::int64_t channels, height = 7;
  };
  // Five channels: images lie in the lanes of vectors, whatever their width.
  for (const Case& c : std::vector<Case>{{"batch", 6},
                                         {"batch", 6, 8},
                                         {"batch+ws", 6, 8},
                                         {"group", 6, 8},
                                         {"layer", 6, 8},
                                         {"layer:affine=element", 6, 8},
                                         {"layer:over=channels", 6, 8},
                                         {"instance", 6, 8},
                                         {"group", 6},
                                         {"layer", 6},
                                         {"instance", 6},
                                         {"none", 5},
                                         {"none", 6},
                                         {"none", 16}}) {
    const std::string& norm = c.norm;
    const std::int64_t channels = c.channels, height = c.height;
    const Tensor input = random_tensor({19, height, 5, channels}, 1).to(DType::kFloat32);
    for (const bool training : {true, false}) {
      for (const auto make : {block, pools}) {
        CAPTURE(norm, channels, height, training, make == pools);
        Watching watching;
        const auto run = [&](ForwardObserver* observer) {
          const ModulePtr model = make(norm, {.channels = channels, .height = height, .width = 5});
          const Tensor x = input.clone().set_requires_grad();
          const Tensor y = model->forward(x, {.training = training, .observer = observer});
          backward(y, random_tensor(y.shape(), 2).to(DType::kFloat32));
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
}

TEST_CASE("an error of a layer that could be fused names that layer") {
  Rng rng(1);
  Sequential model;
  model.add<Conv2d>(1, 2, Conv2dOptions{}, rng).add<Activation>("relu");
  model.add<MaxPool2d>(Pool2dOptions{.kernel = 9});
  Watching watching;
  for (ForwardObserver* observer :
       {static_cast<ForwardObserver*>(nullptr), static_cast<ForwardObserver*>(&watching)}) {
    const Mode mode{.observer = observer};
    CHECK_THROWS_WITH(model.forward(Tensor::zeros({1, 8, 8, 1}), mode),
                      ContainsSubstring("in 2 (MaxPool2d") &&
                          ContainsSubstring("kernel 9 (padding 0) does not fit"));
    CHECK_THROWS_WITH(model.forward(Tensor::zeros({1, 8, 8, 3}), mode),
                      ContainsSubstring("in 0 (Conv2d"));
  }
}
