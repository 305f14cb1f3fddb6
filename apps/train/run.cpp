#include "apps/train/run.h"

#include <keel/core/error.h>

#include "apps/train/run_fields.h"

namespace keel {

std::string_view run_status_name(RunStatus status) {
  for (const auto& [value, name] : kRunStatusNames) {
    if (value == status) return name;
  }
  throw Error("run_status_name: expected a RunStatus");
}

double final_test_accuracy(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_accuracy;
}

double final_test_loss(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_loss;
}

}  // namespace keel
