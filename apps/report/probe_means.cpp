#include "apps/report/probe_means.h"

#include <algorithm>

namespace keel {

ProbesByStep probes_of(const Variant& variant) {
  ProbesByStep by_step;
  for (const Run* run : variant.runs) {
    for (const Probe& probe : run->probes) by_step[probe.step].push_back(&probe);
  }
  return by_step;
}

bool has_probes(const ReportInput& input) {
  return std::any_of(input.comparison.runs.begin(), input.comparison.runs.end(),
                     [](const Run& run) { return !run.probes.empty(); });
}

const LayerActivity* activity_of(const Probe& probe, const std::string& layer) {
  for (const LayerActivity& activity : probe.activity) {
    if (activity.layer == layer) return &activity;
  }
  return nullptr;
}

}  // namespace keel
