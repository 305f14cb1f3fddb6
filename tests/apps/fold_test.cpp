#include "apps/fold.h"

#include <keel/core/autograd.h>
#include <keel/core/file.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/norm.h>
#include <keel/layers/sequential.h>
#include <keel/layers/state.h>

#include "apps/train/checkpoint.h"
#include "tests/support/captured_output.h"
#include "tests/support/gradient_check.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using Catch::Matchers::StartsWith;
using namespace keel;
using namespace keel::testing;

namespace {

ModelSpec spec_of(const std::string& model, const NormSpec& norm) {
  return {.model = model,
          .options = {.input = {12, 12, 3}, .classes = 3, .norm = norm, .shortcut = "B"},
          .dataset = "pets",
          .classes = {"cat", "dog", "fish"},
          .standardization = {{0, 0, 0}, {1, 1, 1}}};
}

// A model whose parameters and running statistics are unlike those of a new one.
ModulePtr trained(const ModelSpec& spec) {
  ModulePtr model = build_model(spec, 3);
  Rng rng(4);
  for (StateEntry& entry : parameters_of(*model)) {
    const bool weight = entry.kind == StateKind::kWeight || entry.kind == StateKind::kConvWeight;
    if (!weight) entry.tensor.copy_from(Tensor::uniform(entry.tensor.shape(), 0.5, 1.5, rng));
  }
  const NoGradGuard no_grad;
  for (std::uint64_t step = 0; step < 3; ++step) {
    model->forward(random_tensor({6, 12, 12, 3}, step, DType::kFloat32), {.training = true});
  }
  return model;
}

}  // namespace

TEST_CASE("fold: the same logits to 1e-5, for every norm that evaluates with constants") {
  const NoGradGuard no_grad;
  const Tensor x = random_tensor({5, 12, 12, 3}, 9, DType::kFloat32);
  for (const std::string norm :
       {"batch", "batch:affine=no", "batch+ws", "batch+wn+sn", "batch:precise", "ghost:2", "renorm",
        "noisy", "l1", "l2", "linf", "instance:tracked", "mean-only", "variance-only", "none",
        "none+sws"}) {
    for (const std::string model : {"convnet", "resnet20", "mlp"}) {
      if (model == "mlp" && norm == "instance:tracked") continue;  // needs images
      CAPTURE(norm, model);
      const ModelSpec spec = spec_of(model, norm);
      const ModulePtr original = trained(spec);
      const FoldedModel folded = fold(spec, *original);
      CHECK(to_text(folded.spec.options.norm) == "none");
      CHECK(relative_error(folded.model->forward(x, {}), original->forward(x, {})) < 1e-5);
    }
  }
}

TEST_CASE("fold: a norm of the table gives the same logits or is refused, whatever it is") {
  const NoGradGuard no_grad;
  const Tensor x = random_tensor({5, 12, 12, 3}, 9, DType::kFloat32);
  int folds = 0;
  for (const auto& [norm, entry] : norm_table()) {
    for (const std::string model : {"convnet", "resnet20"}) {
      CAPTURE(norm, model);
      const ModelSpec spec = spec_of(model, norm);
      const ModulePtr original = trained(spec);
      try {
        const FoldedModel folded = fold(spec, *original);
        CHECK(relative_error(folded.model->forward(x, {}), original->forward(x, {})) < 1e-5);
        ++folds;
      } catch (const Error& error) {
        CHECK_THAT(error.what(), ContainsSubstring("cannot be folded") ||
                                     ContainsSubstring("evaluates with the statistics of each"));
      }
    }
  }
  CHECK(folds == 23);  // eleven norms in both, and SkipInit where there are no branches
}

TEST_CASE("fold: what has no state, but is no constant, is refused; SELU stays") {
  for (const std::string norm : {"lrn", "group:affine=no", "layer:affine=no", "skipinit"}) {
    CAPTURE(norm);
    const ModelSpec spec = spec_of("resnet20", norm);
    CHECK_THROWS_WITH(fold(spec, *trained(spec)),
                      ContainsSubstring("features.") && ContainsSubstring("cannot be folded"));
  }
  const ModelSpec spec = spec_of("convnet", "selu");
  CHECK(fold(spec, *trained(spec)).spec.options.activation == "selu");
}

TEST_CASE("fold: what depends on the image or the batch is refused, with its place") {
  const auto complaint = [](const std::string& norm) {
    const ModelSpec spec = spec_of("convnet", norm);
    try {
      fold(spec, *trained(spec));
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK_THAT(complaint("group"),
             ContainsSubstring("features.1 (GroupNorm(2, 16)) cannot be folded"));
  for (const std::string norm :
       {"layer", "switchable", "bcn", "frn", "evonorm-b0", "dyt", "fixup"}) {
    CHECK_THAT(complaint(norm), ContainsSubstring("cannot be folded"));
  }
  CHECK_THAT(complaint("batch:untracked"),
             StartsWith("features.1: ") && ContainsSubstring("statistics of each batch"));
}

TEST_CASE("fold: a checkpoint in, a checkpoint out") {
  const TempFolder folder;
  const auto from = folder.path() / "model.safetensors", to = folder.path() / "folded.safetensors";
  const ModelSpec spec = spec_of("convnet", "batch+ws");
  const ModulePtr model = trained(spec);
  save_model(from, spec, *model);
  const CapturedOutput output;
  CHECK(run_fold({.checkpoint = from.string(), .out = to.string()}) == 0);
  CHECK_THAT(output.out(), ContainsSubstring("batch+ws folded: 35347 parameters, 35507 before"));
  const Checkpoint folded(to);
  CHECK(to_text(folded.spec().options.norm) == "none");
  const NoGradGuard no_grad;
  const Tensor x = random_tensor({5, 12, 12, 3}, 9, DType::kFloat32);
  CHECK(relative_error(folded.model()->forward(x, {}), model->forward(x, {})) < 1e-5);
}

TEST_CASE("fold: where there is no norm to fold, or one that cannot be, that is said") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const auto complaint = [&](const std::string& norm) {
    const ModelSpec spec = spec_of("convnet", norm);
    save_model(path, spec, *trained(spec));
    try {
      run_fold({.checkpoint = path.string(), .out = (folder.path() / "out").string()});
    } catch (const Error& error) {
      return std::string(error.what());
    }
    return std::string("no error");
  };
  CHECK_THAT(complaint("none"),
             ContainsSubstring("there is nothing to fold, the model's normalisation is none"));
  CHECK_THAT(complaint("group"),
             ContainsSubstring("features.1 (GroupNorm(2, 16)) cannot be folded"));
}

TEST_CASE("fold: logits that are not finite are no reason to believe in the folded model") {
  const TempFolder folder;
  const auto from = folder.path() / "model.safetensors", to = folder.path() / "folded.safetensors";
  const ModelSpec spec = spec_of("convnet", "batch");
  const ModulePtr model = trained(spec);
  for (StateEntry& entry : state_of(*model)) {
    if (entry.tensor.rank() > 1) entry.tensor.fill(3e38);
  }
  save_model(from, spec, *model);
  CHECK_THROWS_WITH(run_fold({.checkpoint = from.string(), .out = to.string()}),
                    ContainsSubstring("nothing is written"));
  CHECK_FALSE(std::filesystem::exists(to));
}

TEST_CASE("fold: a norm that no layer comes before is refused") {
  Sequential model;
  model.add<BatchNorm>(3, NormOptions{});
  CHECK_THROWS_WITH(fold(spec_of("convnet", "batch"), model),
                    ContainsSubstring("0 (BatchNorm(3)) comes before every convolution"));
}

TEST_CASE("fold: the checkpoint itself is not overwritten") {
  const TempFolder folder;
  const auto path = folder.path() / "model.safetensors";
  const ModelSpec spec = spec_of("convnet", "batch");
  save_model(path, spec, *trained(spec));
  const std::string bytes = read_file(path);
  const std::string other_spelling = (folder.path() / "." / "model.safetensors").string();
  CHECK_THROWS_WITH(run_fold({.checkpoint = path.string(), .out = other_spelling}),
                    ContainsSubstring("is the checkpoint itself"));
  CHECK((read_file(path) == bytes));
}
