#include <cmath>
#include <set>
#include <utility>

#include <keel/core/error.h>
#include <keel/optim/optimizer.h>

namespace keel {
namespace {

void check_groups(const std::vector<ParameterGroup>& groups) {
  std::set<std::string> names;
  std::set<const Node*> leaves;
  for (const ParameterGroup& group : groups) {
    check(std::isfinite(group.lr_scale) && group.lr_scale >= 0,
          "optimizer: lr_scale {} of a group is negative or not finite", group.lr_scale);
    check(std::isfinite(group.weight_decay) && group.weight_decay >= 0,
          "optimizer: weight_decay {} of a group is negative or not finite", group.weight_decay);
    for (const NamedParameter& parameter : group.parameters) {
      // A handle taken before set_requires_grad() would never see the gradient.
      check(parameter.value.requires_grad(),
            "optimizer: parameter '{}' does not require a gradient; leave frozen ones out",
            parameter.name);
      check(names.insert(parameter.name).second, "optimizer: two parameters are named '{}'",
            parameter.name);
      check(leaves.insert(parameter.value.node().get()).second,
            "optimizer: parameter '{}' is the same tensor as another one", parameter.name);
    }
  }
  check(!names.empty(), "optimizer: there are no parameters");
}

}  // namespace

Optimizer::Optimizer(std::vector<ParameterGroup> groups, std::vector<StateSlot> slots)
    : groups_(std::move(groups)), slots_(std::move(slots)) {
  check_groups(groups_);
  for (const ParameterGroup& group : groups_) {
    for (const NamedParameter& parameter : group.parameters) {
      for (const StateSlot& slot : slots_) {
        state_.push_back(slot.scalar
                             ? Tensor::scalar(0, DType::kFloat64)
                             : Tensor::zeros(parameter.value.shape(), parameter.value.dtype()));
      }
    }
  }
}

void Optimizer::step(double lr) {
  check(std::isfinite(lr) && lr >= 0, "optimizer: learning rate {} is negative or not finite", lr);
  std::span<Tensor> state = state_;
  for (const ParameterGroup& group : groups_) {
    for (const NamedParameter& parameter : group.parameters) {
      if (parameter.value.has_grad()) {
        update({parameter.value, parameter.value.grad(), state.first(slots_.size()),
                lr * group.lr_scale, group.weight_decay});
      }
      state = state.subspan(slots_.size());
    }
  }
}

void Optimizer::zero_grad() {
  for (ParameterGroup& group : groups_) {
    for (NamedParameter& parameter : group.parameters) parameter.value.clear_grad();
  }
}

StateDict Optimizer::named_state() const {
  StateDict named;
  auto tensor = state_.begin();
  for (const ParameterGroup& group : groups_) {
    for (const NamedParameter& parameter : group.parameters) {
      for (const StateSlot& slot : slots_) {
        named.emplace(fmt::format("{}.{}", slot.name, parameter.name), *tensor++);
      }
    }
  }
  return named;
}

StateDict Optimizer::state_dict() const {
  StateDict copies = named_state();
  for (auto& [name, tensor] : copies) tensor = tensor.clone();
  return copies;
}

void Optimizer::load_state_dict(const StateDict& state) {
  StateDict own = named_state();
  std::map<std::string, Shape> expected;
  for (const auto& [name, tensor] : own) expected.emplace(name, tensor.shape());
  check_state_fits("the optimiser", expected, state);
  for (auto& [name, tensor] : own) tensor.copy_from(state.at(name));
}

}  // namespace keel
