#include "apps/train/norm_setting.h"

#include <algorithm>

#include <keel/core/error.h>
#include <keel/layers/norm.h>

namespace keel {
namespace {

void set_from_flag(NormSpec& spec, const char* flag, const std::string& option,
                   const std::string& value) {
  try {
    set_default(spec, option, value);
  } catch (Error& error) {
    error.add_context(fmt::format("--{} {}", flag, value));
    throw;
  }
}

}  // namespace

NormSpec norm_spec(const TrainConfig& config) {
  NormSpec spec = config.norm;
  if (config.groups > 0) set_from_flag(spec, "groups", "groups", fmt::format("{}", config.groups));
  if (config.norm_eps > 0)
    set_from_flag(spec, "norm-eps", "eps", fmt::format("{}", config.norm_eps));
  if (config.norm_momentum != TrainConfig{}.norm_momentum) {
    set_from_flag(spec, "norm-momentum", "momentum", config.norm_momentum);
  }
  const bool standardised = std::any_of(
      spec.modifiers.begin(), spec.modifiers.end(),
      [](const NormTerm& modifier) { return modifier.name == "ws" || modifier.name == "sws"; });
  if (config.weight_standardization && !standardised) {
    check(norm_table().at(spec.norm.name).takes_modifiers,
          "--weight-standardization: {} chooses the initial weights itself and takes no modifiers",
          spec.norm.name);
    spec.modifiers.insert(spec.modifiers.begin(), NormTerm{"ws"});
  }
  return spec;
}

}  // namespace keel
