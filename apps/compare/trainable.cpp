#include "apps/compare/trainable.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/layers/state.h>

#include "apps/text/number_text.h"
#include "apps/train/config_changes.h"
#include "apps/train/resolved_settings.h"
#include "apps/train/trainer.h"

namespace keel {
namespace {

struct LeftOut {
  std::string reason, first;
  std::size_t runs = 0;
};

class Sieve {
 public:
  explicit Sieve(RunData& data) : data_(data) {}

  void add(const PlannedRun& planned) {
    if (plan_.parameters.count(planned.settings) == 0 && reasons_.count(planned.settings) == 0) {
      test(planned);
    }
    const auto reason = reasons_.find(planned.settings);
    if (reason != reasons_.end()) return leave_out(planned.id, reason->second);
    const auto [same, is_new] =
        ids_.emplace(train_command_line(resolved(planned.config)), planned.id);
    if (!is_new) return leave_out(planned.id, "the same training as " + without_seed(same->second));
    plan_.runs.push_back(planned);
  }

  TrainablePlan result() {
    if (plan_.runs.empty()) {
      throw Error(
          fmt::format("no run of the comparison can be trained. The first of them, {}: {}. Change "
                      "what does not fit, in a list or in a setting that all runs share",
                      left_out_.front().first, left_out_.front().reason));
    }
    for (const LeftOut& some : left_out_) {
      plan_.left_out.push_back(fmt::format(
          "left out {}{}: {}", some.first,
          some.runs > 1 ? " and " + counted_text(some.runs - 1, "more run") : "", some.reason));
    }
    return std::move(plan_);
  }

 private:
  static std::string without_seed(const std::string& id) { return id.substr(0, id.rfind("-seed")); }

  void test(const PlannedRun& planned) {
    const DatasetSplits& data = data_.of(planned.config);
    try {
      const Trainer trainer(planned.config, data);
      plan_.parameters[planned.settings] = parameter_count(trainer.model());
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kInvalid) throw;
      reasons_[planned.settings] = error.what();
    }
  }

  void leave_out(const std::string& id, const std::string& reason) {
    auto same = std::find_if(left_out_.begin(), left_out_.end(),
                             [&](const LeftOut& some) { return some.reason == reason; });
    if (same == left_out_.end()) same = left_out_.insert(same, {reason, id});
    ++same->runs;
  }

  RunData& data_;
  TrainablePlan plan_;
  std::map<Settings, std::string> reasons_;
  std::map<std::string, std::string> ids_;  // of the runs, by their resolved settings
  std::vector<LeftOut> left_out_;
};

}  // namespace

TrainablePlan trainable(const std::vector<PlannedRun>& plan, RunData& data) {
  Sieve sieve(data);
  for (const PlannedRun& planned : plan) sieve.add(planned);
  return sieve.result();
}

}  // namespace keel
