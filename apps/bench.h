#pragma once
// `keel bench`: how long whole training steps take, on random images held in memory.

#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "apps/train/models.h"
#include "apps/train/train_config.h"

namespace keel {

struct BenchCommand {
  TrainConfig config;           ///< its model and what belongs to it, batch size and threads
  std::int64_t image_size = 0;  ///< height and width; 0: those that the model is made for
  std::int64_t steps = 20;      ///< timed; the first ones, which warm up, are not among them
  bool forward_only = false;    ///< evaluation instead of training
  bool json = false;
  /// A measurement for each line of standard input until that ends, JSON on one line: for whoever
  /// measures several programs in turns and wants each to be ready when its turn comes.
  bool on_request = false;
};

struct BenchResult {
  std::string model, norm;
  std::int64_t batch_size = 0;
  int threads = 0;
  double step_seconds_median = 0, step_seconds_min = 0;
  std::int64_t peak_memory_bytes = 0;                   ///< of the process
  std::int64_t system_allocations = 0;                  ///< of tensors, during the timed steps
  std::vector<std::pair<std::string, double>> share{};  ///< of the step's time by op, largest first

  double images_per_second() const { return static_cast<double>(batch_size) / step_seconds_median; }
};

/// Steps of one model on one batch: forward, loss, backward and SGD (momentum 0.9, weight decay
/// 5e-4), or the forward pass alone.
class Bench {
 public:
  explicit Bench(const BenchCommand& command);
  ~Bench();
  Bench(const Bench&) = delete;
  Bench& operator=(const Bench&) = delete;

  /// Times the command's number of steps after some that warm up.
  BenchResult measure();

 private:
  class Steps;
  BenchCommand command_;
  std::unique_ptr<Steps> steps_;
  std::vector<std::pair<std::string, double>> share_;  // of the first measurement
};

nlohmann::ordered_json bench_json(const BenchResult& result);
std::string bench_text(const BenchResult& result);

/// Returns the exit code.
int run_bench(const BenchCommand& command);

}  // namespace keel
