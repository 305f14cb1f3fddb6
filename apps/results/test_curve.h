#pragma once
// How a run did on the test images as it went on.

#include <vector>

#include "apps/train/run.h"

namespace keel {

/// A measurement with the test images: at an epoch's end, or with --eval-every within one.
struct TestPoint {
  double step = 0;
  double epoch = kNotMeasured;    ///< epochs so far, 1.5 in the middle of the second
  double seconds = kNotMeasured;  ///< training so far, without evaluation
  double loss = kNotMeasured;
  double accuracy = kNotMeasured;
};

/// The measurements of a run by their steps. Epoch and seconds within an epoch are linear between
/// its ends; of one that did not end they follow from the pace before it, and are not known in the
/// first.
std::vector<TestPoint> test_curve(const Run& run);

}  // namespace keel
