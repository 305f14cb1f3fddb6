#pragma once
// Normalisations by name, and the options they share. Each layer has its own header.

#include <functional>
#include <map>
#include <optional>
#include <string>

#include <keel/layers/module.h>

namespace keel {

struct NormOptions {
  double eps = 1e-5;  ///< added to each variance
  /// Weight of the new value in running statistics, PyTorch's convention (TensorFlow's is one minus
  /// this): running <- (1 - momentum) running + momentum new. None: the average over all batches so
  /// far.
  std::optional<double> momentum = 0.1;
  bool affine = true;       ///< gamma and beta, one each per channel
  std::int64_t groups = 0;  ///< of group norm; 0: groups of 8 channels (see default_groups)
  /// Whether evaluation normalises with running statistics. Unset: batch norm does, instance norm
  /// does not, as in PyTorch; the others never do.
  std::optional<bool> track_running_stats{};
};

using NormFactory = std::function<ModulePtr(std::int64_t channels, const NormOptions& options)>;

/// The one table of normalisations: none, batch, layer, group, instance. A program of yours adds
/// its own with norm_table()["mine"] = ...; make_norm then knows it everywhere in that program.
std::map<std::string, NormFactory>& norm_table();

/// The named normalisation for feature maps of that many channels. Throws Error naming the known
/// ones.
ModulePtr make_norm(const std::string& name, std::int64_t channels,
                    const NormOptions& options = {});

/// Groups of 8 channels; where 8 does not divide them, of the largest divisor below.
std::int64_t default_groups(std::int64_t channels);

}  // namespace keel
