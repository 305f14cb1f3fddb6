#pragma once
// A probe with a value in each field, for the tests of what writes and reads one.

#include "apps/diagnostics/probe.h"

namespace keel::testing {

inline Probe sample_probe(std::int64_t step) {
  const Descent descent{.points = {{0.05, 2.25, 0.5}, {0.1, 2.75, 1.5}},
                        .loss = {2.25, 2.75},
                        .gradient_change = {0.5, 1.5},
                        .beta = 17.5};
  return {.step = step,
          .lr = 0.1,
          .landscape = {.loss = 2.5, .gradient_norm = 0.75, .by_rate = descent, .by_step = descent},
          .covariate_shift = {{"features.4", 0.25, 0.125, 0.875}},
          .updates = {{"features.0", 0.5, 4, 0.0125}, {"features.1", 0.25, 2, 0.5}},
          .activity = {{"features.2", 0.0625, {{0, -1, 0, 1.5}, {15, -2, 0.5, 2}}}},
          .statistics_gap = {{"features.1", 0.375, 1.25, 1.5}},
          .accuracy = {{0.5, 0.625, 0.75}},
          .time = {{"conv2d", 1.5, 0.75}, {"optimizer", 0.5, 0.25}}};
}

}  // namespace keel::testing
