#include "apps/reproduce/seed_runs.h"

#include <algorithm>
#include <cmath>

namespace keel {

double SeedRuns::accuracy_of(const Run& run) const {
  if (run.status == RunStatus::kDiverged) return chance_;
  return run.status == RunStatus::kCompleted ? final_test_accuracy(run) : kNotMeasured;
}

std::vector<const Run*> SeedRuns::with(const Settings& wanted) const {
  std::vector<const Run*> found;
  for (const Run& run : comparison_.runs) {
    const bool matches = std::all_of(wanted.begin(), wanted.end(), [&run](const auto& setting) {
      const auto value = run.settings.find(setting.first);
      return value != run.settings.end() && value->second == setting.second;
    });
    if (run.seed == seed_ && matches) found.push_back(&run);
  }
  return found;
}

const Run* SeedRuns::one(const Settings& wanted) const {
  const std::vector<const Run*> runs = with(wanted);
  return runs.size() == 1 ? runs.front() : nullptr;
}

double SeedRuns::of(const Settings& wanted, const std::function<double(const Run&)>& f) const {
  const Run* run = one(wanted);
  return run != nullptr ? f(*run) : kNotMeasured;
}

double SeedRuns::largest(const Settings& wanted, const std::function<double(const Run&)>& f) const {
  double result = kNotMeasured;
  for (const Run* run : with(wanted)) {
    const double value = f(*run);
    if (std::isnan(value)) return kNotMeasured;
    result = std::fmax(result, value);
  }
  return result;
}

double SeedRuns::smallest(const Settings& wanted,
                          const std::function<double(const Run&)>& f) const {
  return -largest(wanted, [&f](const Run& run) { return -f(run); });
}

double SeedRuns::accuracy(const Settings& wanted) const {
  return of(wanted, [this](const Run& run) { return accuracy_of(run); });
}

double SeedRuns::best_accuracy(const Settings& wanted) const {
  return largest(wanted, [this](const Run& run) { return accuracy_of(run); });
}

double SeedRuns::worst_accuracy(const Settings& wanted) const {
  return smallest(wanted, [this](const Run& run) { return accuracy_of(run); });
}

}  // namespace keel
