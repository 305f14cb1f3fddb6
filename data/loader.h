#pragma once
// From a data set to batches a model can take, prepared ahead of the step on threads of their own.

#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include <keel/core/tensor.h>
#include <keel/data/augment.h>
#include <keel/data/dataset.h>
#include <keel/data/standardize.h>

namespace keel {

struct Batch {
  Tensor images;  ///< float32 [N, H, W, C], standardized
  std::vector<std::int32_t> labels;
};

constexpr int kMaxWorkers = 256;

struct LoaderOptions {
  std::int64_t batch_size = 64;
  bool shuffle = true;     ///< a new order in every epoch
  bool drop_last = false;  ///< leave out what does not fill a batch
  AugmentOptions augment{};
  std::uint64_t seed = 0;
  int workers = 1;  ///< threads that prepare batches, up to kMaxWorkers; 0: next() does
};

/// Yields the batches of an epoch in order. The order of epoch e is a pure function of (seed, e)
/// and the augmentation of sample i of (seed, e, i): neither the number of workers nor an
/// interruption changes a bit. To be used from one thread. May be destroyed at any time.
class Loader {
 public:
  /// Keeps a reference to the set, which must outlive the loader and stay as it is.
  /// Throws Error when options, standardization and set do not fit together.
  Loader(const Dataset& set, Standardization standardization, const LoaderOptions& options);
  Loader(Dataset&&, Standardization, const LoaderOptions&) = delete;

  std::int64_t batches_per_epoch() const;

  /// Begins an epoch, at batch `first_batch` to resume one; what was left of the last is dropped.
  /// Throws Error on a negative epoch or a batch outside of 0..batches_per_epoch().
  void start_epoch(std::int64_t epoch, std::int64_t first_batch = 0);

  /// The next batch; false at the end of the epoch, with `batch` untouched. The memory of what
  /// `batch` held is filled again, unless another handle shares it: an epoch needs that of a few
  /// batches, taken on the calling thread when it begins.
  /// Throws what went wrong with it, and again until the next start_epoch: Error(kData) on a label
  /// outside of the classes.
  bool next(Batch& batch);

  /// How long next() has kept its caller waiting since start_epoch.
  double wait_seconds() const { return wait_seconds_; }

 private:
  struct Slot {
    Batch batch;
    std::exception_ptr error;
    bool ready = false;
  };
  void make_room(Batch& batch, std::int64_t number) const;
  void prepare(Batch& batch, std::int64_t number) const;
  void work(const std::stop_token& stop);
  Slot& slot(std::int64_t number) { return slots_[static_cast<std::size_t>(number % ahead())]; }
  std::int64_t ahead() const { return static_cast<std::int64_t>(slots_.size()); }

  const Dataset& set_;
  const Standardization standardization_;
  const LoaderOptions options_;

  // The epoch. Written by start_epoch while no worker is busy.
  std::int64_t epoch_ = -1;
  std::vector<std::int64_t> order_;

  std::int64_t given_ = 0;  // batches that next() has returned
  double wait_seconds_ = 0;

  // What the workers share. Batch b is prepared in slot b % ahead() once b - ahead() was given.
  std::mutex mutex_;
  std::condition_variable_any work_;  // there is a batch to prepare
  std::condition_variable done_;      // a worker has finished one
  std::vector<Slot> slots_;
  std::int64_t taken_ = 0;  // batches that workers have begun
  std::int64_t end_ = 0;    // where workers stop
  int busy_ = 0;
  std::vector<std::jthread> workers_;  // last: they end before what they use does
};

}  // namespace keel
