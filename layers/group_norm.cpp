#include <keel/core/ops/normalize.h>
#include <keel/layers/group_norm.h>

namespace keel {

GroupNorm::GroupNorm(std::int64_t groups, std::int64_t channels, const NormOptions& options)
    : groups_(groups), channels_(channels), eps_(options.eps), affine_(channels, options.affine) {
  check_groups("GroupNorm", groups, channels);
}

Tensor GroupNorm::forward_with(const Tensor& x, const Mode&, const Epilogue& epilogue) {
  check_channels(*this, x, channels_);
  return normalize(x, affine_.weight(), affine_.bias(), {.groups = groups_}, eps_,
                   EpsPlacement::kInsideRoot, epilogue)
      .y;
}

bool GroupNorm::takes_pool(const Tensor& x, const Pool2dOptions& pool) const {
  return normalize_takes_pool(x, pool);
}

void GroupNorm::visit(StateVisitor& visitor) {
  affine_.visit(visitor);
}

std::string GroupNorm::describe() const {
  return fmt::format("GroupNorm({}, {})", groups_, channels_);
}

NormEntry group_norm_entry() {
  return {.about = {.family = "Statistics of one sample",
                    .summary = "group normalisation",
                    .equation = "y = gamma (x - mean) / sqrt(var + eps) + beta",
                    .reduces_over = "H, W and a group of contiguous channels, per sample",
                    .training = "the sample's own statistics",
                    .evaluation = "the same",
                    .computed = kByNormalize,
                    .paper = "Wu & He, Group Normalization, ECCV 2018",
                    .use = "batches too small for batch norm; better yet with +ws",
                    .options = {groups_option(), eps_option(), affine_option()}},
          .make = [](const NormSite& site, const NormArguments& arguments) {
            return std::make_unique<GroupNorm>(groups_of(arguments, site), site.channels,
                                               norm_options(arguments));
          }};
}

}  // namespace keel
