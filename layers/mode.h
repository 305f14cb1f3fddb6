#pragma once
// How a forward pass is to be done: passed along, so that there is no hidden train/eval flag to
// forget.

#include <functional>
#include <string>
#include <string_view>

#include <keel/core/random.h>
#include <keel/core/tensor.h>

namespace keel {

class Module;

/// Sees every module's input and output during a forward pass, children before their containers.
class ForwardObserver {
 public:
  virtual ~ForwardObserver() = default;
  virtual void observe(const std::string& path, Module& module, const Tensor& x,
                       const Tensor& y) = 0;
};

/// What a forward pass does about running statistics.
enum class StatisticsUpdate {
  kInTraining,  ///< training computes and updates them, evaluation uses them
  kNever,       ///< the same, but no state changes: for probes and repeated passes
  /// Every pass computes them, and they become the mean over all passes since their count was 0:
  /// for their recalibration.
  kAverage,
};

struct Mode {
  bool training = false;
  Rng rng{};                            ///< of this step; each module draws from a fork of its own
  ForwardObserver* observer = nullptr;  ///< borrowed
  std::string path{};                   ///< of the module that receives it: "features.3"
  StatisticsUpdate statistics = StatisticsUpdate::kInTraining;

  /// Whether a normalisation uses the statistics of this batch rather than running ones.
  bool uses_batch() const { return training || statistics == StatisticsUpdate::kAverage; }
  /// Whether running statistics and their like change.
  bool updates() const { return uses_batch() && statistics != StatisticsUpdate::kNever; }

  /// The mode of a child: its path, and a random stream that depends on the path alone.
  Mode child(std::string_view name) const;
};

/// child.forward(x), as every container calls it: an error gains the child's path, the observer is
/// told.
Tensor call(Module& child, std::string_view name, const Tensor& x, const Mode& mode);
/// The same for a child and what is fused behind it: calls forward with the child's mode. An error
/// gains the child's path; no observer is told.
Tensor call_fused(Module& child, std::string_view name, const Mode& mode,
                  const std::function<Tensor(const Mode&)>& forward);

}  // namespace keel
