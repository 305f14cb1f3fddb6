#include "apps/evaluation/held_out.h"

namespace keel {

void HeldOut::for_each_batch(const std::function<void(const Batch&)>& f) const {
  Loader loader(
      set_, standardization_,
      {.batch_size = kBatchSize, .drop_last = set_.size() > kBatchSize, .seed = 0, .workers = 0});
  Batch batch;
  loader.start_epoch(0);
  for (std::int64_t images = 0; images < kMostImages && loader.next(batch); images += kBatchSize) {
    f(batch);
  }
}

}  // namespace keel
