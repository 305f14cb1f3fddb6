#include "apps/results/test_curve.h"

#include <cmath>

namespace keel {
namespace {

TestPoint at_end(const EpochResult& epoch) {
  return {static_cast<double>(epoch.step), static_cast<double>(epoch.epoch), epoch.seconds,
          epoch.test_loss, epoch.test_accuracy};
}

// Of an epoch that begins where `begin` lies; `end` is null when it did not end.
TestPoint within(const EvaluationResult& evaluation, const TestPoint& begin, const TestPoint* end) {
  TestPoint point{.step = static_cast<double>(evaluation.step),
                  .loss = evaluation.test_loss,
                  .accuracy = evaluation.test_accuracy};
  if (end != nullptr) {
    const double share = (point.step - begin.step) / (end->step - begin.step);
    point.epoch = std::lerp(begin.epoch, end->epoch, share);
    point.seconds = std::lerp(begin.seconds, end->seconds, share);
  } else if (begin.step > 0) {
    point.epoch = begin.epoch * point.step / begin.step;
    point.seconds = begin.seconds * point.step / begin.step;
  }
  return point;
}

}  // namespace

std::vector<TestPoint> test_curve(const Run& run) {
  std::vector<TestPoint> curve;
  TestPoint begin{.epoch = 0, .seconds = 0};
  auto evaluation = run.evaluations.begin();
  for (const EpochResult& epoch : run.epochs) {
    const TestPoint end = at_end(epoch);
    for (; evaluation != run.evaluations.end() && evaluation->step < epoch.step; ++evaluation) {
      curve.push_back(within(*evaluation, begin, &end));
    }
    // The epoch's own measurement stands for one at its last step.
    while (evaluation != run.evaluations.end() && evaluation->step == epoch.step) ++evaluation;
    curve.push_back(end);
    begin = end;
  }
  for (; evaluation != run.evaluations.end(); ++evaluation) {
    curve.push_back(within(*evaluation, begin, nullptr));
  }
  return curve;
}

}  // namespace keel
