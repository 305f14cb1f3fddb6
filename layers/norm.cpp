#include <vector>

#include <keel/core/nearest.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/group_norm.h>
#include <keel/layers/identity.h>
#include <keel/layers/instance_norm.h>
#include <keel/layers/norm.h>

namespace keel {

std::int64_t default_groups(std::int64_t channels) {
  std::int64_t size = 8;
  while (channels % size != 0) --size;
  return channels / size;
}

std::map<std::string, NormFactory>& norm_table() {
  static std::map<std::string, NormFactory> table = {
      {"none", [](std::int64_t, const NormOptions&) { return std::make_unique<Identity>(); }},
      {"batch",
       [](std::int64_t channels, const NormOptions& options) {
         return std::make_unique<BatchNorm>(channels, options);
       }},
      {"layer",
       [](std::int64_t channels, const NormOptions& options) {
         return std::make_unique<LayerNorm>(channels, options);
       }},
      {"group",
       [](std::int64_t channels, const NormOptions& options) {
         return std::make_unique<GroupNorm>(
             options.groups > 0 ? options.groups : default_groups(channels), channels, options);
       }},
      {"instance",
       [](std::int64_t channels, const NormOptions& options) {
         return std::make_unique<InstanceNorm>(channels, options);
       }},
  };
  return table;
}

ModulePtr make_norm(const std::string& name, std::int64_t channels, const NormOptions& options) {
  const auto& table = norm_table();
  const auto found = table.find(name);
  if (found == table.end()) {
    std::vector<std::string> names;
    for (const auto& entry : table) names.push_back(entry.first);
    throw Error(unknown_name("normalisation", name, names));
  }
  return found->second(channels, options);
}

}  // namespace keel
