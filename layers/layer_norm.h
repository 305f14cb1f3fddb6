#pragma once

#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/norm_options.h>

namespace keel {

/// Which elements layer normalisation takes together, and what gamma and beta belong to.
struct LayerNormOptions {
  enum class Over {
    kSample,    ///< all channels and pixels of a sample
    kChannels,  ///< the channels of each pixel, as transformers and ConvNeXt do
  };
  enum class Affine { kChannel, kElement, kNone };

  Over over = Over::kSample;
  Affine affine = Affine::kChannel;  ///< kElement: PyTorch's LayerNorm([C, H, W])
  double eps = 1e-5;
};

/// Layer normalisation (Ba et al., 2016):
///   y = gamma (x - mean) / sqrt(var + eps) + beta.
/// By default as convolutional networks are compared with it: over a sample, gamma and beta per
/// channel, for any image size. On [N, C] it is PyTorch's LayerNorm(C).
/// Shape: x [N, H, W, C] or [N, C]; with an affine value per element H and W are the site's, and
/// gamma and beta [H, W, C] (PyTorch's [C, H, W] in files).
class LayerNorm : public FusesEpilogue {
 public:
  explicit LayerNorm(const NormSite& site, const LayerNormOptions& options = {});

  Tensor forward_with(const Tensor& x, const Mode& mode, const Epilogue& epilogue) override;
  bool takes_pool(const Tensor& x, const Pool2dOptions& pool) const override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::int64_t channels_;
  LayerNormOptions options_;
  Tensor weight_, bias_;
};

/// "layer" of norm_table().
NormEntry layer_norm_entry();

}  // namespace keel
