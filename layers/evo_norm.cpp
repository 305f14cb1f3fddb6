#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/layers/evo_norm.h>
#include <keel/layers/identity.h>

namespace keel {
namespace {

bool has_activation(NormPlace place) {
  return place == NormPlace::kPlain || place == NormPlace::kBranch;
}

NormDescription description() {
  return {
      .family = "With their own activation",
      .paper = "Liu, Brock, Simonyan & Le, Evolving Normalization-Activation Layers, NeurIPS 2020"};
}

// Where no activation follows, gamma x + beta is left (x of what is not affine); behind a residual
// sum the model's activation stays (both as in the authors' code).
NormFactory in_place(NormFactory make) {
  return
      [make = std::move(make)](const NormSite& site, const NormArguments& arguments) -> ModulePtr {
        if (has_activation(site.place)) return make(site, arguments);
        if (!norm_options(arguments).affine) return std::make_unique<Identity>();
        return std::make_unique<AffineLayer>(site.channels);
      };
}

ModulePtr no_activation(const NormSite& site, const NormArguments&) {
  return has_activation(site.place) ? std::make_unique<Identity>() : nullptr;
}

const char* const kReplaces =
    "takes the activation's place; at the end of a residual branch gamma x + beta is left of it, "
    "and behind the sum the model's activation stays";

}  // namespace

EvoNormB0::EvoNormB0(std::int64_t channels, const NormOptions& options)
    : channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      v_(Tensor::ones({channels}).set_requires_grad()),
      running_(channels, options.momentum, {{"running_var", 1}}) {}

Tensor EvoNormB0::forward(const Tensor& x, const Mode& mode) {
  check_channels(*this, x, channels_);
  Tensor batch_var = running_[0].to(DType::kFloat64);
  if (mode.uses_batch()) {
    check_has_variance(*this, x);
    const Moments batch = moments(x, {});
    running_.update({unbiased(batch.var, batch.count)}, mode);
    batch_var = batch.var;
  }
  const Tensor size = cast(sqrt(batch_var + eps_), x.dtype());
  const Moments plane = moments(x, {.groups = channels_});
  const Tensor one_sided = affine(x, {}, cast(v_, DType::kFloat64), sqrt(plane.var + eps_));
  return affine_.apply(x / maximum(size, one_sided));
}

void EvoNormB0::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  visitor.state("v", v_, StateKind::kNormExtra);
  running_.visit(visitor);
}

std::string EvoNormB0::describe() const {
  return fmt::format("EvoNormB0({})", channels_);
}

EvoNormS0::EvoNormS0(std::int64_t groups, std::int64_t channels, const NormOptions& options)
    : groups_(groups),
      channels_(channels),
      eps_(options.eps),
      affine_(channels, options.affine),
      v_(Tensor::ones({channels}).set_requires_grad()) {
  check_groups("EvoNormS0", groups, channels);
}

Tensor EvoNormS0::forward(const Tensor& x, const Mode&) {
  check_channels(*this, x, channels_);
  const Tensor gated = x * sigmoid(affine(x, {}, cast(v_, DType::kFloat64), {}));
  const Moments groups = moments(x, {.groups = groups_});
  check(groups.count > 1, "{}: x {} has one value per sample and group, which has no variance",
        describe(), x.shape());
  const Tensor scale = 1.0 / sqrt(groups.var + eps_);
  return affine_.apply(gated, {}, spread_over_channels(scale, channels_));
}

void EvoNormS0::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
  visitor.state("v", v_, StateKind::kNormExtra);
}

std::string EvoNormS0::describe() const {
  return fmt::format("EvoNormS0({}, {})", groups_, channels_);
}

NormEntry evo_norm_b0_entry() {
  NormDescription about = description();
  about.summary = "EvoNorm-B0, of the batch";
  about.equation =
      "y = gamma x / max(sqrt(var_batch + eps), v x + sqrt(var_instance + eps)) + beta, v = 1 at "
      "first";
  about.reduces_over = "N, H, W and H, W, per channel";
  about.training = fmt::format(
      "the variances of batch and plane; the batch's running one is updated; {}", kReplaces);
  about.evaluation = "the running variance for the batch's, and the plane's own";
  about.computed =
      "from two passes of statistics (`moments`), then by single ops: statistics and `affine` take "
      "more than half of its time; what is chosen element by element, as no other norm does, the "
      "rest";
  about.use = "in place of batch norm and ReLU, at large batches";
  about.options = {momentum_option(), eps_option(), affine_option()};
  return {.about = about,
          .make = in_place([](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<EvoNormB0>(site.channels, norm_options(arguments));
          }),
          .activation = no_activation};
}

NormEntry evo_norm_s0_entry() {
  NormDescription about = description();
  about.summary = "EvoNorm-S0, of the sample";
  about.equation = "y = gamma x sigmoid(v x) / sqrt(var + eps) + beta, v = 1 at first";
  about.reduces_over = "H, W and a group of contiguous channels, per sample";
  about.training = fmt::format("the sample's own variances; {}", kReplaces);
  about.evaluation = "the same";
  about.computed =
      "from the statistics (`moments`), then by single ops: `affine`, which all share, takes half "
      "of "
      "its time, the products a quarter, the sigmoid an eighth";
  about.use = "in place of group norm and ReLU, at small batches";
  about.options = {groups_option(), eps_option(), affine_option()};
  return {.about = about,
          .make = in_place([](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<EvoNormS0>(groups_of(arguments, site), site.channels,
                                               norm_options(arguments));
          }),
          .activation = no_activation};
}

}  // namespace keel
