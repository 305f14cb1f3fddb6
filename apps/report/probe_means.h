#pragma once
// The probes of a variant's runs, step by step.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "apps/diagnostics/probe.h"
#include "apps/report/input.h"

namespace keel {

/// All probes of the same step, one per seed that has it.
using ProbesByStep = std::map<std::int64_t, std::vector<const Probe*>>;

ProbesByStep probes_of(const Variant& variant);

/// Whether --diagnostics measured anything.
bool has_probes(const ReportInput& input);

/// The mean of value(probe) over the finite ones; NaN without any.
template <class Value>
double probe_mean(const std::vector<const Probe*>& probes, Value value) {
  std::vector<double> values;
  for (const Probe* probe : probes) values.push_back(value(*probe));
  return summarize(values).mean;
}

/// What the probe has of a layer with activations; null of another.
const LayerActivity* activity_of(const Probe& probe, const std::string& layer);

}  // namespace keel
