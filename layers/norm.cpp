#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/layers/batch_channel_norm.h>
#include <keel/layers/batch_instance_norm.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/batch_renorm.h>
#include <keel/layers/dynamic_tanh.h>
#include <keel/layers/evo_norm.h>
#include <keel/layers/filter_response_norm.h>
#include <keel/layers/ghost_batch_norm.h>
#include <keel/layers/group_norm.h>
#include <keel/layers/identity.h>
#include <keel/layers/instance_norm.h>
#include <keel/layers/layer_norm.h>
#include <keel/layers/local_response_norm.h>
#include <keel/layers/lp_batch_norm.h>
#include <keel/layers/noisy_batch_norm.h>
#include <keel/layers/norm.h>
#include <keel/layers/norm_free.h>
#include <keel/layers/partial_batch_norm.h>
#include <keel/layers/rms_norm.h>
#include <keel/layers/switchable_norm.h>

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
                .computed = "by nothing",
                .use = "as the reference that the others are compared with"},
      .make = [](const NormSite&, const NormArguments&) { return std::make_unique<Identity>(); },
      .keeps_bias = true};
}

}  // namespace

std::map<std::string, NormEntry>& norm_table() {
  static std::map<std::string, NormEntry> table = {
      {"batch", batch_norm_entry()},
      {"batch-instance", batch_instance_norm_entry()},
      {"bcn", batch_channel_norm_entry()},
      {"dyt", dynamic_tanh_entry()},
      {"evonorm-b0", evo_norm_b0_entry()},
      {"evonorm-s0", evo_norm_s0_entry()},
      {"fixup", fixup_entry()},
      {"frn", filter_response_norm_entry()},
      {"ghost", ghost_batch_norm_entry()},
      {"group", group_norm_entry()},
      {"instance", instance_norm_entry()},
      {"l1", lp_batch_norm_entry(LpSize::kL1)},
      {"l2", lp_batch_norm_entry(LpSize::kL2)},
      {"layer", layer_norm_entry()},
      {"linf", lp_batch_norm_entry(LpSize::kLinf)},
      {"lrn", local_response_norm_entry()},
      {"mean-only", mean_only_batch_norm_entry()},
      {"noisy", noisy_batch_norm_entry()},
      {"none", no_norm()},
      {"renorm", batch_renorm_entry()},
      {"rms", rms_norm_entry()},
      {"selu", selu_entry()},
      {"skipinit", skip_init_entry()},
      {"switchable", switchable_norm_entry()},
      {"variance-only", variance_only_batch_norm_entry()},
  };
  return table;
}

ModulePtr make_norm(const NormSpec& spec, const NormSite& site) {
  const NormEntry& entry = norm_table().at(spec.norm.name);
  try {
    return entry.make(site, NormArguments(spec.norm, entry.about.options));
  } catch (Error& error) {
    error.add_context(fmt::format("normalisation '{}'", to_text(spec)));
    throw;
  }
}

ModulePtr make_norm_activation(const NormSpec& spec, const NormSite& site) {
  const NormEntry& entry = norm_table().at(spec.norm.name);
  if (!entry.activation) return nullptr;
  return entry.activation(site, NormArguments(spec.norm, entry.about.options));
}

}  // namespace keel
