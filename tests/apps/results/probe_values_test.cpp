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

TEST_CASE("probe values: what is not finite is left out") {
  Run run;
  CHECK(std::isnan(keel::largest_over_probes(run, keel::beta_smoothness)));
  CHECK(std::isnan(keel::mean_over_probes(run, keel::beta_smoothness)));
  for (const double beta : {1.0, 5.0, static_cast<double>(NAN), 3.0}) {
    run.probes.push_back(sample_probe(1));
    run.probes.back().landscape.by_rate.beta = beta;
  }
  CHECK(keel::largest_over_probes(run, keel::beta_smoothness) == 5);
  CHECK(keel::mean_over_probes(run, keel::beta_smoothness) == 3);
}
