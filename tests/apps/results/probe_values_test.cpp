#include "apps/results/probe_values.h"

#include <cmath>

#include "tests/apps/sample_probe.h"
#include "tests/support/test.h"

using keel::Probe;
using keel::Run;
using keel::testing::sample_probe;

TEST_CASE("probe values: each reads its quantity") {
  const Probe probe = sample_probe(1);
  CHECK(keel::loss_band(probe) == 0.5);
  CHECK(keel::gradient_change(probe) == 1.5);
  CHECK(keel::relative_gradient_change(probe) == 2);
  CHECK(keel::beta_smoothness(probe) == 17.5);
  CHECK(keel::covariate_shift(probe) == 0.125);
  CHECK(keel::covariate_cosine(probe) == 0.875);
}

TEST_CASE("probe values: layers are averaged") {
  Probe probe = sample_probe(1);
  probe.covariate_shift.push_back({"features.8", 1, 0.375, 0.125});
  CHECK(keel::covariate_shift(probe) == 0.25);
  CHECK(keel::covariate_cosine(probe) == 0.5);
}

TEST_CASE("probe values: what is not finite is beyond everything, and in no mean") {
  Run run;
  CHECK(std::isnan(keel::largest_over_probes(run, keel::beta_smoothness)));
  CHECK(std::isnan(keel::mean_over_probes(run, keel::beta_smoothness)));
  for (const double beta : {1.0, 5.0, static_cast<double>(NAN), 3.0}) {
    run.probes.push_back(sample_probe(1));
    run.probes.back().landscape.by_rate.beta = beta;
  }
  CHECK(keel::largest_over_probes(run, keel::beta_smoothness) == INFINITY);
  CHECK(keel::not_finite_probes(run, keel::beta_smoothness) == 1);
  CHECK(keel::largest_finite_over_probes(run, keel::beta_smoothness) == 5);
  CHECK(keel::mean_over_probes(run, keel::beta_smoothness) == 3);
  run.probes.erase(run.probes.begin() + 2);
  CHECK(keel::largest_over_probes(run, keel::beta_smoothness) == 5);
}

TEST_CASE("probe values: a ratio to what is not finite is told where its bound decides") {
  const auto run_of = [](const std::vector<double>& betas) {
    Run run;
    for (const double beta : betas) {
      run.probes.push_back(sample_probe(1));
      run.probes.back().landscape.by_rate.beta = beta;
    }
    return run;
  };
  const auto ratio = [](const Run& over, const Run& under) {
    return keel::ratio_of_largest(&over, &under, keel::beta_smoothness, 3);
  };
  const Run one = run_of({1, 0.5}), eight = run_of({8, 2}), rough = run_of({8, INFINITY}),
            wild = run_of({2, NAN});
  CHECK(ratio(eight, one) == 8);
  CHECK(ratio(rough, one) == 8);          // at least that
  CHECK(std::isnan(ratio(wild, one)));    // at least 2: is it 3?
  CHECK(ratio(one, wild) == 0.5);         // at most that
  CHECK(std::isnan(ratio(eight, wild)));  // at most 4
  CHECK(std::isnan(ratio(rough, wild)));
  CHECK(std::isnan(keel::ratio_of_largest(nullptr, &one, keel::beta_smoothness, 3)));
}
