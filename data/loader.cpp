#include <algorithm>
#include <chrono>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/random.h>
#include <keel/data/loader.h>

namespace keel {
namespace {

// The streams that fork off a loader's seed.
constexpr std::uint64_t kOrderStream = 0, kAugmentStream = 1;

// Batches that are prepared before they are asked for: enough for a step not to notice when another
// program has the worker's core for a while, and no more than fit into some memory.
std::size_t batches_ahead(const Dataset& set, std::int64_t batch_size) {
  constexpr std::int64_t kFewest = 4, kMost = 16, kBytes = 16 << 20;
  const std::int64_t batch_bytes =
      std::min(batch_size, set.size()) * set.image_bytes() * std::int64_t{sizeof(float)};
  return static_cast<std::size_t>(
      std::clamp(kBytes / std::max<std::int64_t>(batch_bytes, 1), kFewest, kMost));
}

}  // namespace

Loader::Loader(const Dataset& set, Standardization standardization, const LoaderOptions& options)
    : set_(set), standardization_(std::move(standardization)), options_(options) {
  check(options.batch_size >= 1, "loader: expected a batch size of at least 1, got {}",
        options.batch_size);
  check(options.workers >= 0 && options.workers <= kMaxWorkers,
        "loader: expected 0 to {} workers, got {}", kMaxWorkers, options.workers);
  check_options(options.augment);
  check(set.images.size() == static_cast<std::size_t>(set.size() * set.image_bytes()),
        "loader: {} holds {} labels and {} bytes of images, expected {} bytes an image", set.name,
        set.size(), set.images.size(), set.image_bytes());
  const auto channels = static_cast<std::size_t>(set.channels);
  check(standardization_.mean.size() == channels && standardization_.std.size() == channels,
        "loader: {} has {} channels, got {} means and {} deviations", set.name, channels,
        standardization_.mean.size(), standardization_.std.size());
  check(!options.drop_last || set.size() == 0 || batches_per_epoch() > 0,
        "loader: {} has {} samples, too few for one full batch of {}", set.name, set.size(),
        options.batch_size);
  slots_.resize(batches_ahead(set, options.batch_size));
  for (int i = 0; i < options.workers; ++i) {
    workers_.emplace_back([this](const std::stop_token& stop) { work(stop); });
  }
}

std::int64_t Loader::batches_per_epoch() const {
  const std::int64_t full = set_.size() / options_.batch_size;
  const bool rest = set_.size() % options_.batch_size != 0;
  return full + (rest && !options_.drop_last ? 1 : 0);
}

void Loader::start_epoch(std::int64_t epoch, std::int64_t first_batch) {
  const std::int64_t batches = batches_per_epoch();
  check(epoch >= 0, "loader: expected an epoch of at least 0, got {}", epoch);
  check(first_batch >= 0 && first_batch <= batches, "loader: expected a batch of 0 to {}, got {}",
        batches, first_batch);
  std::unique_lock lock(mutex_);
  end_ = taken_;
  done_.wait(lock, [&] { return busy_ == 0; });

  epoch_ = epoch;
  order_.resize(static_cast<std::size_t>(set_.size()));
  std::iota(order_.begin(), order_.end(), std::int64_t{0});
  if (options_.shuffle) {
    Rng rng = Rng(options_.seed).fork(kOrderStream).fork(static_cast<std::uint64_t>(epoch));
    shuffle(std::span(order_), rng);
  }
  wait_seconds_ = 0;
  given_ = taken_ = first_batch;
  end_ = batches;
  if (workers_.empty()) return;
  for (std::int64_t number = first_batch; number < first_batch + ahead(); ++number) {
    Slot& next = slot(number);
    next.ready = false;
    next.error = nullptr;
    make_room(next.batch, number);
  }
  work_.notify_all();
}

bool Loader::next(Batch& batch) {
  check(epoch_ >= 0, "loader: next() needs start_epoch() before it");
  if (given_ == batches_per_epoch()) return false;
  const auto begin = std::chrono::steady_clock::now();
  if (workers_.empty()) {
    make_room(batch, given_);
    prepare(batch, given_);
    ++given_;
  } else {
    std::unique_lock lock(mutex_);
    Slot& first = slot(given_);
    done_.wait(lock, [&] { return first.ready; });
    if (first.error) std::rethrow_exception(first.error);
    std::swap(batch, first.batch);
    first.ready = false;
    make_room(first.batch, given_ + ahead());
    ++given_;
    work_.notify_one();
  }
  wait_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return true;
}

void Loader::work(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  const auto has_work = [&] { return taken_ < std::min(end_, given_ + ahead()); };
  while (work_.wait(lock, stop, has_work) && !stop.stop_requested()) {
    const std::int64_t number = taken_++;
    Slot& mine = slot(number);
    ++busy_;
    lock.unlock();
    try {
      prepare(mine.batch, number);
    } catch (...) {
      mine.error = std::current_exception();
    }
    lock.lock();
    mine.ready = true;
    --busy_;
    done_.notify_one();
  }
}

// Memory for a batch of that number: what is there, if it is of the right size and no one else's.
void Loader::make_room(Batch& batch, std::int64_t number) const {
  if (number >= end_) return;
  const std::int64_t count =
      std::min(options_.batch_size, set_.size() - number * options_.batch_size);
  const Shape shape{count, set_.height, set_.width, set_.channels};
  const bool fits = batch.images.unique() && batch.images.shape() == shape &&
                    batch.images.dtype() == DType::kFloat32;
  batch.images = fits ? batch.images.detach() : Tensor::empty(shape);
}

void Loader::prepare(Batch& batch, std::int64_t number) const {
  const std::int64_t begin = number * options_.batch_size;
  const auto bytes = static_cast<std::size_t>(set_.image_bytes());
  const auto classes = static_cast<std::int32_t>(set_.classes.size());
  const Rng rng = Rng(options_.seed).fork(kAugmentStream).fork(static_cast<std::uint64_t>(epoch_));
  std::vector<std::uint8_t> augmented(bytes);
  float* out = batch.images.mutable_data<float>();
  batch.labels.clear();
  for (std::int64_t i = begin; i < begin + batch.images.size(0); ++i, out += bytes) {
    const std::int64_t sample = order_[static_cast<std::size_t>(i)];
    const std::int32_t label = set_.labels[static_cast<std::size_t>(sample)];
    check_data(label >= 0 && label < classes,
               "loader: {}: sample {} has label {}, expected 0 to {}", set_.name, sample, label,
               classes - 1);
    batch.labels.push_back(label);
    std::span<const std::uint8_t> image = set_.image(sample);
    if (options_.augment != AugmentOptions{}) {
      augment(image, set_.height, set_.width, set_.channels, options_.augment,
              rng.fork(static_cast<std::uint64_t>(sample)), augmented);
      image = augmented;
    }
    standardize(image, standardization_, {out, bytes});
  }
}

}  // namespace keel
