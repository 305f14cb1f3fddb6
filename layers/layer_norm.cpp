#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/layer_norm.h>

namespace keel {

LayerNorm::LayerNorm(const NormSite& site, const LayerNormOptions& options)
    : channels_(site.channels), options_(options) {
  if (options.affine == LayerNormOptions::Affine::kNone) return;
  const Shape shape = options.affine == LayerNormOptions::Affine::kChannel
                          ? Shape{site.channels}
                          : Shape{site.height, site.width, site.channels};
  weight_ = Tensor::ones(shape).set_requires_grad();
  bias_ = Tensor::zeros(shape).set_requires_grad();
}

Tensor LayerNorm::forward_with(const Tensor& x, const Mode&, const Epilogue& epilogue) {
  check_channels(*this, x, channels_);
  check(!epilogue.pool || takes_pool(x, *epilogue.pool), "{}: takes no pool behind x {}",
        describe(), x.shape());
  const bool per_pixel = options_.over == LayerNormOptions::Over::kChannels;
  const Tensor rows = per_pixel ? reshape(x, {-1, channels_}) : x;
  if (options_.affine != LayerNormOptions::Affine::kElement) {
    const Tensor y = normalize(rows, weight_, bias_, {.groups = 1}, options_.eps,
                               EpsPlacement::kInsideRoot, epilogue)
                         .y;
    return per_pixel ? reshape(y, x.shape()) : y;
  }
  check(x.numel() == x.size(0) * weight_.numel(),
        "{}: has a gamma for each element of {}, got x {}: --norm layer with an affine value per "
        "channel takes images of any size",
        describe(), weight_.shape(), x.shape());
  const Tensor normalized =
      reshape(normalize(rows, {}, {}, {.groups = 1}, options_.eps).y, x.shape());
  const Shape element = x.rank() == 2 ? Shape{channels_} : weight_.shape();
  const Tensor y = normalized * reshape(weight_, element) + reshape(bias_, element);
  return epilogue.relu ? relu(y) : y;
}

bool LayerNorm::takes_pool(const Tensor& x, const Pool2dOptions& pool) const {
  return options_.over == LayerNormOptions::Over::kSample &&
         options_.affine != LayerNormOptions::Affine::kElement && normalize_takes_pool(x, pool);
}

void LayerNorm::visit(StateVisitor& visitor) {
  visitor.state("weight", weight_, StateKind::kNormWeight);
  visitor.state("bias", bias_, StateKind::kNormBias);
}

std::string LayerNorm::describe() const {
  std::string text = fmt::format("LayerNorm({}", channels_);
  if (options_.over == LayerNormOptions::Over::kChannels) text += ", of each pixel";
  if (options_.affine == LayerNormOptions::Affine::kElement) text += ", affine per element";
  if (options_.affine == LayerNormOptions::Affine::kNone) text += ", not affine";
  return text + ")";
}

NormEntry layer_norm_entry() {
  const NormOption over = {
      .name = "over",
      .standard = "sample",
      .help = "sample: all its channels and pixels; channels: those of each pixel",
      .words = {"sample", "channels"}};
  const NormOption affine = {.name = "affine",
                             .standard = "channel",
                             .help = "what has a gamma and a beta of its own",
                             .words = {"channel", "element", "no"}};
  return {
      .about = {.family = "Statistics of one sample",
                .summary = "layer normalisation",
                .equation = "y = gamma (x - mean) / sqrt(var + eps) + beta",
                .reduces_over = "H, W, C, per sample (over=channels: C, per pixel)",
                .training = "the sample's own statistics",
                .evaluation = "the same",
                .computed =
                    fmt::format("{}; affine=element multiplies and adds behind it", kByNormalize),
                .paper = "Ba, Kiros & Hinton, Layer Normalization, 2016",
                .use =
                    "sequence models and transformers; in convolutional networks group norm does "
                    "better",
                .options = {over, affine, eps_option()}},
      .make = [](const NormSite& site, const NormArguments& arguments) {
        using Options = LayerNormOptions;
        return std::make_unique<LayerNorm>(
            site, Options{.over = arguments.is("over", "channels") ? Options::Over::kChannels
                                                                   : Options::Over::kSample,
                          .affine = arguments.is("affine", "channel")   ? Options::Affine::kChannel
                                    : arguments.is("affine", "element") ? Options::Affine::kElement
                                                                        : Options::Affine::kNone,
                          .eps = arguments.number("eps")});
      }};
}

}  // namespace keel
