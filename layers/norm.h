#pragma once
// Normalisations by name: the one table that models, flags, help texts and documentation read.

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <keel/layers/module.h>
#include <keel/layers/norm_spec.h>

namespace keel {

/// Where in a model a normalisation stands.
enum class NormPlace {
  kPlain,      ///< between a layer and its activation, outside of residual branches
  kBranch,     ///< the same inside a residual branch
  kBranchEnd,  ///< the last of a residual branch: no activation, the sum follows
  kShortcut,   ///< behind the projection on a shortcut: no activation, the sum follows
  kAfterSum,   ///< of activations only: behind the sum of branch and shortcut
};

struct NormSite {
  std::int64_t channels;
  std::int64_t height = 1, width = 1;  ///< of the feature maps
  NormPlace place = NormPlace::kPlain;
  std::int64_t residual_blocks = 0;  ///< in the whole model
};

/// What a person is told about a normalisation: `keel norms` and docs/normalisations.md.
struct NormDescription {
  std::string family{};        ///< the heading that it stands under
  std::string summary{};       ///< a few words
  std::string equation{};      ///< with gamma, beta (1 and 0 at first) where it has them
  std::string reduces_over{};  ///< whose elements share a mean, a variance, ...
  std::string training{}, evaluation{};
  std::string computed{};  ///< by which fused op, or why by none
  std::string paper{};
  std::string use{};                  ///< when to use it
  std::vector<NormOption> options{};  ///< the first one may be given without its name
};

using NormFactory = std::function<ModulePtr(const NormSite& site, const NormArguments& arguments)>;

/// One normalisation. All but `make` may be left out.
struct NormEntry {
  NormDescription about{};
  NormFactory make{};
  /// What stands where the model has its activation, of normalisations that replace it; null where
  /// the model's own stays. Empty: it stays everywhere.
  NormFactory activation{};
  /// The layer in front keeps its bias, because nothing subtracts it again.
  bool keeps_bias = false;
  bool takes_modifiers = true;
  /// Factor on the initial weights of the layer in front. Empty: 1.
  std::function<double(const NormSite& site)> weight_scale{};
  double logits_scale = 1;  ///< factor on the initial weights of the model's last layer
  double lr_scale = 1;      ///< factor on the learning rate of all that it learns
  /// Of each layer in a residual branch and of the model's last one, what stands in its place.
  std::function<ModulePtr(ModulePtr layer)> wrap_layer{};
  std::string model_activation{};  ///< of the whole model, unless one is asked for; empty: its own
  /// Training takes part of what it computes from x for a constant: differences of y tell nothing
  /// of its gradient.
  bool holds_constants = false;
  bool needs_pixels = false;  ///< one value per channel, as behind a dense layer, will not do
};

/// The one table of normalisations. A program of yours adds its own with
/// norm_table()["mine"] = ...; every model, flag and report of that program then knows it.
std::map<std::string, NormEntry>& norm_table();

/// The normalisation for feature maps at that site. Throws Error where they do not fit.
ModulePtr make_norm(const NormSpec& spec, const NormSite& site);
/// What replaces the activation behind it; null: nothing does.
ModulePtr make_norm_activation(const NormSpec& spec, const NormSite& site);

}  // namespace keel
