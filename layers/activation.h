#pragma once
// Activations by name.

#include <map>
#include <string>

#include <keel/layers/module.h>

namespace keel {

using ActivationFunction = Tensor (*)(const Tensor&);

/// relu, leaky_relu, elu, gelu, silu, selu, sigmoid, tanh, softplus, none; a program of yours may
/// add to it.
std::map<std::string, ActivationFunction>& activation_table();

/// An element-by-element function as a layer.
class Activation : public Module {
 public:
  /// Throws Error naming the known activations.
  explicit Activation(const std::string& name);

  Tensor forward(const Tensor& x, const Mode&) override { return function_(x); }
  std::string describe() const override { return name_; }

 private:
  std::string name_;
  ActivationFunction function_;

  friend bool is_relu(const Module& module);
};

/// Whether it is the plain ReLU, which other layers can take over (see FusesEpilogue).
bool is_relu(const Module& module);

}  // namespace keel
