#include <keel/layers/batch_norm.h>
#include <keel/layers/group_norm.h>
#include <keel/layers/identity.h>
#include <keel/layers/instance_norm.h>
#include <keel/layers/layer_norm.h>
#include <keel/layers/norm.h>

namespace keel {
namespace {

NormEntry no_norm() {
  return {
      .about = {.family = "Without normalisation",
                .summary = "no normalisation",
                .equation = "y = x",
                .reduces_over = "nothing",
                .training = "convolutions have a bias",
                .evaluation = "the same",
                .use = "as the reference that the others are compared with"},
      .make = [](const NormSite&, const NormArguments&) { return std::make_unique<Identity>(); },
      .keeps_bias = true};
}

}  // namespace

std::map<std::string, NormEntry>& norm_table() {
  static std::map<std::string, NormEntry> table = {
      {"batch", batch_norm_entry()},
      {"group", group_norm_entry()},
      {"instance", instance_norm_entry()},
      {"layer", layer_norm_entry()},
      {"none", no_norm()},
  };
  return table;
}

ModulePtr make_norm(const NormSpec& spec, const NormSite& site) {
  const NormEntry& entry = norm_table().at(spec.norm.name);
  return entry.make(site, NormArguments(spec.norm, entry.about.options));
}

ModulePtr make_norm_activation(const NormSpec& spec, const NormSite& site) {
  const NormEntry& entry = norm_table().at(spec.norm.name);
  if (!entry.activation) return nullptr;
  return entry.activation(site, NormArguments(spec.norm, entry.about.options));
}

}  // namespace keel
