#include <limits>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/moments.h>
#include <keel/layers/norm_options.h>

namespace keel {

constexpr double kAny = std::numeric_limits<double>::infinity();
constexpr double kMostGroups = 1e6;

NormOptions norm_options(const NormArguments& arguments) {
  NormOptions options;
  if (arguments.has("eps")) options.eps = arguments.number("eps");
  if (arguments.has("affine")) options.affine = arguments.is("affine", "yes");
  if (arguments.has("momentum")) {
    options.momentum = arguments.is("momentum", "none")
                           ? std::nullopt
                           : std::optional(arguments.number("momentum"));
  }
  return options;
}

NormOption eps_option(const std::string& standard) {
  return {.name = "eps",
          .standard = standard,
          .help = "keeps what is divided by away from 0, where the equation has it",
          .range = {{.low = 0, .high = kAny, .excludes_low = true}}};
}

NormOption momentum_option(const std::string& standard) {
  return {.name = "momentum",
          .standard = standard,
          .help = "weight of the new value in the running statistics; none: the average of all",
          .range = {{.low = 0, .high = 1}},
          .words = {"none"}};
}

NormOption affine_option() {
  return {.name = "affine",
          .standard = "yes",
          .help = "gamma and beta per channel",
          .words = {"yes", "no"}};
}

NormOption groups_option() {
  return {
      .name = "groups",
      .standard = "0",
      .help =
          "how many groups of contiguous channels; 0: groups of 8, or of the largest divisor below",
      .range = {{.low = 0, .high = kMostGroups, .whole = true}}};
}

std::int64_t groups_of(const NormArguments& arguments, const NormSite& site) {
  const std::int64_t asked = arguments.whole("groups");
  const std::int64_t groups = asked > 0 ? asked : default_groups(site.channels);
  check(site.channels % groups == 0,
        "{0} channels do not divide into {1} groups; choose a number that divides all widths of "
        "the model, or none: groups of 8 channels",
        site.channels, groups);
  check(site.channels / groups * site.height * site.width > 1,
        "{} channels of {}x{} in {} groups have one value each, which has no variance: choose "
        "fewer groups",
        site.channels, site.height, site.width, groups);
  return groups;
}

void check_groups(const char* norm, std::int64_t groups, std::int64_t channels) {
  check(groups >= 1 && channels % groups == 0,
        "{0}: {1} channels do not divide into {2} groups; choose a number that divides {1}", norm,
        channels, groups);
}

std::int64_t default_groups(std::int64_t channels) {
  std::int64_t size = 8;
  while (channels % size != 0) --size;
  return channels / size;
}

void check_channels(const Module& norm, const Tensor& x, std::int64_t channels) {
  check(x.rank() >= 2 && x.size(-1) == channels, "{}: expected x [N, ..., {}], got {}",
        norm.describe(), channels, x.shape());
}

void check_images(const Module& norm, const Tensor& x, std::int64_t channels) {
  check(x.rank() == 4 && x.size(-1) == channels, "{}: expected x [N, H, W, {}], got {}",
        norm.describe(), channels, x.shape());
}

void check_has_variance(const Module& norm, const Tensor& x) {
  check(x.numel() != x.size(-1),
        "{}: x {} has one value per channel, which has no variance: train with larger batches, or "
        "drop the last, shorter one (--drop-last)",
        norm.describe(), x.shape());
}

ChannelAffine::ChannelAffine(std::int64_t channels, bool affine) {
  if (!affine) return;
  weight_ = Tensor::ones({channels}).set_requires_grad();
  bias_ = Tensor::zeros({channels}).set_requires_grad();
}

Tensor ChannelAffine::apply(const Tensor& x) const {
  if (!weight_.defined()) return x;
  return affine(x, {}, cast(weight_, DType::kFloat64), cast(bias_, DType::kFloat64));
}

Tensor ChannelAffine::apply(const Tensor& x, const Tensor& center, const Tensor& scale) const {
  if (!weight_.defined()) return affine(x, center, scale, {});
  return affine(x, center, scale * cast(weight_, DType::kFloat64), cast(bias_, DType::kFloat64));
}

void ChannelAffine::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
}

}  // namespace keel
