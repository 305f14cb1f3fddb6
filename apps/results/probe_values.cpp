#include "apps/results/probe_values.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "apps/results/statistics.h"

namespace keel {
namespace {

std::vector<double> finite_values(const Run& run, ProbeValue value) {
  std::vector<double> values;
  for (const Probe& probe : run.probes) {
    if (const double v = value(probe); std::isfinite(v)) values.push_back(v);
  }
  return values;
}

template <class Member>
double mean_over_layers(const Probe& probe, Member member) {
  std::vector<double> values;
  for (const CovariateShift& shift : probe.covariate_shift) values.push_back(shift.*member);
  return summarize(values).mean;
}

}  // namespace

double loss_band(const Probe& probe) {
  const Band& band = probe.landscape.by_rate.loss;
  return band.high - band.low;
}

double gradient_change(const Probe& probe) {
  return probe.landscape.by_rate.gradient_change.high;
}

double relative_gradient_change(const Probe& probe) {
  return gradient_change(probe) / probe.landscape.gradient_norm;
}

double beta_smoothness(const Probe& probe) {
  return probe.landscape.by_rate.beta;
}

double covariate_shift(const Probe& probe) {
  return mean_over_layers(probe, &CovariateShift::distance);
}

double covariate_cosine(const Probe& probe) {
  return mean_over_layers(probe, &CovariateShift::cosine);
}

int not_finite_probes(const Run& run, ProbeValue value) {
  return static_cast<int>(run.probes.size() - finite_values(run, value).size());
}

double largest_over_probes(const Run& run, ProbeValue value) {
  return not_finite_probes(run, value) > 0 ? std::numeric_limits<double>::infinity()
                                           : largest_finite_over_probes(run, value);
}

double largest_finite_over_probes(const Run& run, ProbeValue value) {
  const std::vector<double> values = finite_values(run, value);
  return values.empty() ? kNotMeasured : *std::max_element(values.begin(), values.end());
}

double ratio_of_largest(const Run* over, const Run* under, ProbeValue value, double threshold) {
  if (over == nullptr || under == nullptr) return kNotMeasured;
  const bool top_bounds = not_finite_probes(*over, value) == 0;
  const bool bottom_bounds = not_finite_probes(*under, value) == 0;
  const double ratio =
      largest_finite_over_probes(*over, value) / largest_finite_over_probes(*under, value);
  if (top_bounds && bottom_bounds) return ratio;
  const bool decided = top_bounds ? ratio < threshold : bottom_bounds && ratio >= threshold;
  return decided ? ratio : kNotMeasured;
}

double mean_over_probes(const Run& run, ProbeValue value) {
  return summarize(finite_values(run, value)).mean;
}

}  // namespace keel
