#pragma once
// What many normalisations have in common: options, gamma and beta.

#include <optional>

#include <keel/layers/norm.h>

namespace keel {

struct NormOptions {
  double eps = 1e-5;  ///< keeps what is divided by away from 0: added to each variance or size
  /// Weight of the new value in running statistics, PyTorch's convention (TensorFlow's is one minus
  /// this): running <- (1 - momentum) running + momentum new. None: the average over all batches so
  /// far.
  std::optional<double> momentum = 0.1;
  bool affine = true;  ///< gamma and beta, one each per channel
  /// Whether evaluation normalises with running statistics. Unset: batch norm does, instance norm
  /// does not, as in PyTorch.
  std::optional<bool> track_running_stats{};
};

/// Those of them that the arguments have; the others as above.
NormOptions norm_options(const NormArguments& arguments);

// How it is computed, in the words of NormDescription::computed, where several share them.
inline constexpr const char* kByNormalize =
    "by one op (`normalize`), two passes forward and two backward, with a ReLU behind it in the "
    "same passes";
inline constexpr const char* kByMomentsAndAffine =
    "from the statistics (`moments`), then in one pass (`affine`); the gradients of the two are "
    "added, where `normalize` writes one";

// The options of norm_table() that several normalisations share.
NormOption eps_option(const std::string& standard = "1e-05");
NormOption momentum_option(const std::string& standard = "0.1");
NormOption affine_option();
NormOption groups_option();
/// The number of groups at that site: what the option says, else default_groups(). Throws Error
/// where the channels do not divide into them, or a group has one value, which has no variance.
std::int64_t groups_of(const NormArguments& arguments, const NormSite& site);

/// Throws Error, naming the norm, unless the channels divide into that many groups.
void check_groups(const char* norm, std::int64_t groups, std::int64_t channels);

/// Groups of 8 channels; where 8 does not divide them, of the largest divisor below.
std::int64_t default_groups(std::int64_t channels);

/// Throws Error unless x is [N, ..., channels].
void check_channels(const Module& norm, const Tensor& x, std::int64_t channels);
/// Throws Error unless x is [N, H, W, channels].
void check_images(const Module& norm, const Tensor& x, std::int64_t channels);

/// Throws Error, naming the way out, when x has one value per channel: a variance over the batch
/// needs two.
void check_has_variance(const Module& norm, const Tensor& x);

/// y = gamma x + beta, one gamma and one beta per channel, 1 and 0 at first.
class ChannelAffine {
 public:
  /// Not affine: y = x, without parameters.
  explicit ChannelAffine(std::int64_t channels, bool affine = true);

  Tensor apply(const Tensor& x) const;
  /// gamma (x - center) scale + beta. Shape: center (undefined: 0) and scale are float64, [C] or
  /// [N, C].
  Tensor apply(const Tensor& x, const Tensor& center, const Tensor& scale) const;
  const Tensor& weight() const { return weight_; }  ///< gamma; undefined when not affine
  const Tensor& bias() const { return bias_; }      ///< beta; undefined when not affine
  void visit(StateVisitor& visitor);

 private:
  Tensor weight_, bias_;
};

}  // namespace keel
