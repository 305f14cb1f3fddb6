#include <cmath>
#include <numbers>

#include <keel/layers/identity.h>
#include <keel/layers/norm_free.h>
#include <keel/layers/scalar_affine.h>

namespace keel {

NormEntry fixup_entry() {
  return {
      .about =
          {.family = "Without normalisation",
           .summary = "Fixup initialisation",
           .equation = "branch(x) = s conv(relu(conv(x + b1) + b2) + b3) + b4",
           .reduces_over = "nothing",
           .training =
               "numbers s (1 at first) and b (0) are learnt; the first layer of each of the L "
               "branches is drawn with He's deviation times L^(-1/2), the last one and the "
               "logits layer are 0; outside of branches one b is added behind each layer; s and b "
               "learn at a tenth of the learning rate, as in the authors' code (which shifts the "
               "input of shortcuts, too)",
           .evaluation = "the same",
           .computed = "by single ops: each sum and product with one number passes over the "
                       "maps, in all one and a half times batch norm's time",
           .paper = "Zhang, Dauphin & Ma, Fixup Initialization: Residual Learning Without "
                    "Normalization, ICLR 2019",
           .use = "deep residual networks; the paper adds mixup"},
      .make = [](const NormSite& site, const NormArguments&) -> ModulePtr {
        const bool ends_branch = site.place == NormPlace::kBranchEnd;
        return std::make_unique<ScalarAffine>(ends_branch ? std::optional(1.0) : std::nullopt,
                                              true);
      },
      .takes_modifiers = false,
      .weight_scale =
          [](const NormSite& site) {
            if (site.place == NormPlace::kBranchEnd) return 0.0;
            return site.place == NormPlace::kBranch
                       ? 1 / std::sqrt(static_cast<double>(site.residual_blocks))
                       : 1.0;
          },
      .logits_scale = 0,
      .lr_scale = 0.1,
      .wrap_layer = [](ModulePtr layer) -> ModulePtr {
        return std::make_unique<BiasedInput>(std::move(layer));
      }};
}

NormEntry selu_entry() {
  return {
      .about = {.family = "Without normalisation",
                .summary = "self-normalising network",
                .equation = "y = x, behind it 1.0507 (x > 0 ? x : 1.6733 (exp(x) - 1))",
                .reduces_over = "nothing",
                .training =
                    "weights are drawn from N(0, 1 / fan_in), those of the logits as without a "
                    "norm; SELU is the activation of the whole model",
                .evaluation = "the same",
                .computed = "by the activation",
                .paper =
                    "Klambauer, Unterthiner, Mayr & Hochreiter, Self-Normalizing Neural Networks, "
                    "NeurIPS 2017",
                .use = "deep dense networks"},
      .make = [](const NormSite&, const NormArguments&) { return std::make_unique<Identity>(); },
      .keeps_bias = true,
      .takes_modifiers = false,
      .weight_scale = [](const NormSite&) { return 1 / std::numbers::sqrt2; },
      .model_activation = "selu"};
}

NormEntry skip_init_entry() {
  return {
      .about = {.family = "Without normalisation",
                .summary = "SkipInit",
                .equation =
                    "y = s x at the end of a residual branch, s = 0 at first; y = x elsewhere",
                .reduces_over = "nothing",
                .training = "each residual block starts as its shortcut; s is learnt",
                .evaluation = "the same",
                .computed = "by single ops: a product with one number per residual branch",
                .paper =
                    "De & Smith, Batch Normalization Biases Residual Blocks Towards the Identity "
                    "Function in Deep Networks, NeurIPS 2020",
                .use = "deep residual networks"},
      .make = [](const NormSite& site, const NormArguments&) -> ModulePtr {
        if (site.place != NormPlace::kBranchEnd) return std::make_unique<Identity>();
        return std::make_unique<ScalarAffine>(0.0, false);
      },
      .keeps_bias = true};
}

}  // namespace keel
