#pragma once
// What all optimisers share: groups of named parameters, the step over them, and their state.

#include <span>
#include <string>
#include <vector>

#include <keel/core/state_dict.h>

namespace keel {

/// A trainable tensor and the name it has in a checkpoint ("features.3.weight").
struct NamedParameter {
  std::string name;
  Tensor value;
};

/// Parameters that are updated alike.
struct ParameterGroup {
  std::vector<NamedParameter> parameters;
  double lr_scale = 1;      ///< the group's learning rate over the one given to step()
  double weight_decay = 0;  ///< lambda of the optimiser's decay rule
};

/// Changes parameters in place by their gradients. A concrete optimiser names what it remembers of
/// each parameter and writes one function, update().
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  Optimizer(const Optimizer&) = delete;
  Optimizer& operator=(const Optimizer&) = delete;

  /// Updates every parameter that has a gradient, with the learning rate lr times its group's
  /// scale; the others keep their value and their state.
  /// Throws Error, before anything changes, when lr is negative or not finite.
  void step(double lr);

  /// Drops all gradients: backward() adds to those that are there.
  void zero_grad();

  /// A copy of all that step() depends on beside parameters, gradients and lr, as
  /// "<state>.<parameter>": loaded into an equal optimiser, training goes on bit for bit.
  StateDict state_dict() const;
  /// Throws Error, before anything changes, that lists every entry that is missing, unexpected or
  /// of another shape.
  void load_state_dict(const StateDict& state);

  const std::vector<ParameterGroup>& groups() const { return groups_; }

 protected:
  /// What an optimiser remembers of a parameter: a tensor of its shape and dtype, or one float64
  /// number. Both start as zeros.
  struct StateSlot {
    std::string name;
    bool scalar = false;
  };

  /// What update() works with. `state` holds one tensor per StateSlot, in the order given.
  struct Update {
    Tensor value, gradient;
    std::span<Tensor> state;
    double lr, weight_decay;
  };

  /// Throws Error unless there is a parameter, each requires a gradient and comes once, and scales
  /// and decays are finite and not negative.
  Optimizer(std::vector<ParameterGroup> groups, std::vector<StateSlot> slots);

  /// Writes the new value of one parameter and of its state.
  virtual void update(Update parameter) = 0;

 private:
  StateDict named_state() const;  // handles, not copies

  std::vector<ParameterGroup> groups_;
  std::vector<StateSlot> slots_;
  std::vector<Tensor> state_;  // one per parameter and slot, the slots of a parameter together
};

}  // namespace keel
