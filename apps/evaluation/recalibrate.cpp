#include "apps/evaluation/recalibrate.h"

#include <algorithm>

#include <keel/core/autograd.h>
#include <keel/data/loader.h>
#include <keel/layers/state.h>

namespace keel {

std::int64_t recalibrate(Module& model, const Dataset& set, const Standardization& standardization,
                         const RecalibrationOptions& options) {
  const std::vector<std::string> counters = counters_of(model);
  if (counters.empty()) return 0;
  for (StateEntry& entry : state_of(model)) {
    if (entry.kind == StateKind::kCounter) entry.tensor.fill(0);
  }
  const NoGradGuard no_grad;
  Loader loader(set, standardization,
                {.batch_size = options.batch_size,
                 .drop_last = set.size() > options.batch_size,
                 .seed = options.seed});
  const Mode mode{.statistics = StatisticsUpdate::kAverage};
  std::int64_t images = 0;
  Batch batch;
  loader.start_epoch(0);
  while ((options.most_images == 0 || images < options.most_images) && loader.next(batch)) {
    model.forward(batch.images, mode);
    images += static_cast<std::int64_t>(batch.labels.size());
  }
  // What is frozen has not counted.
  std::int64_t batches = 0;
  for (const StateEntry& entry : state_of(model)) {
    if (entry.kind != StateKind::kCounter) continue;
    batches = std::max(batches, static_cast<std::int64_t>(entry.tensor.item()));
  }
  return batches;
}

}  // namespace keel
