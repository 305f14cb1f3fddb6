#pragma once
// What a layer is: a function with state.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <keel/core/tensor.h>
#include <keel/layers/mode.h>

namespace keel {

/// What a piece of state is for: it decides about gradients, weight decay and the order on disk.
enum class StateKind {
  kWeight,      ///< a parameter whose first axis counts outputs
  kConvWeight,  ///< [K, R, S, C] in memory, PyTorch's [K, C, R, S] on disk
  kBias,
  kNormWeight,  ///< gamma
  kNormBias,    ///< beta
  kNormExtra,   ///< what else a normalisation learns: mixing weights, thresholds, slopes
  kBuffer,      ///< saved but not trained: running statistics
  kCounter,     ///< a buffer holding a whole number (float64 in memory, I64 on disk)
};

constexpr bool is_parameter(StateKind kind) {
  return kind < StateKind::kBuffer;
}

class Module;

/// Walks through a module's state; names are PyTorch's, joined by dots.
class StateVisitor {
 public:
  using Callback = std::function<void(const std::string& path, Tensor& tensor, StateKind kind)>;
  using ModuleCallback = std::function<void(const std::string& path, Module& module)>;
  explicit StateVisitor(Callback callback, ModuleCallback module_callback = {})
      : callback_(std::move(callback)), module_callback_(std::move(module_callback)) {}

  /// One parameter or buffer. An undefined tensor (a bias that is switched off) is passed over.
  void state(std::string_view name, Tensor& tensor, StateKind kind);
  void child(std::string_view name, Module& module);

 private:
  Callback callback_;
  ModuleCallback module_callback_;
  std::string prefix_;
};

/// A layer, a block of layers, or a whole model. Three functions make one.
class Module {
 public:
  virtual ~Module() = default;

  /// y = f(x). With mode.training, layers that behave differently in training do so.
  virtual Tensor forward(const Tensor& x, const Mode& mode) = 0;
  /// Names each parameter, buffer and child once. Everything else about state follows from this.
  virtual void visit(StateVisitor&) {}
  /// One line for a person: "Conv2d(3, 64, kernel 3, padding 1)".
  virtual std::string describe() const = 0;
};

using ModulePtr = std::unique_ptr<Module>;

}  // namespace keel
