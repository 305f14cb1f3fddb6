#include <algorithm>

#include <keel/layers/activation.h>
#include <keel/layers/fuses_relu.h>
#include <keel/layers/identity.h>
#include <keel/layers/sequential.h>

namespace keel {

Sequential& Sequential::add(ModulePtr child) {
  return add(std::to_string(children_.size()), std::move(child));
}

Sequential& Sequential::add(std::string name, ModulePtr child) {
  check(child != nullptr, "Sequential: child {} is null", name);
  check(std::none_of(children_.begin(), children_.end(),
                     [&](const auto& other) { return other.first == name; }),
        "Sequential: two children are called {}", name);
  children_.emplace_back(std::move(name), std::move(child));
  return *this;
}

Tensor Sequential::forward(const Tensor& x, const Mode& mode) {
  // Where a norm is left out, the ReLU stands behind an Identity.
  const auto behind = [this](auto child) {
    return std::find_if_not(std::next(child), children_.end(), [](const auto& other) {
      return dynamic_cast<const Identity*>(other.second.get()) != nullptr;
    });
  };
  const auto fusing = [&](auto child) {
    const bool may = mode.observer == nullptr && child != children_.end();
    return may ? dynamic_cast<FusesRelu*>(child->second.get()) : nullptr;
  };
  // Behind a ReLU, what takes it over: rather than the layer in front of it, since a pool has fewer
  // values to look at.
  const auto taker_behind = [&](auto relu) {
    FusesRelu* taker = fusing(behind(relu));
    return taker != nullptr && taker->commutes_with_relu() ? taker : nullptr;
  };

  Tensor y = x;
  for (auto child = children_.begin(); child != children_.end(); ++child) {
    const auto next = behind(child);
    FusesRelu* taker = nullptr;
    if (is_relu(*child->second) && (taker = taker_behind(child)) != nullptr) {
      y = call_with_relu(*taker, next->first, y, mode);
      child = next;
    } else if ((taker = fusing(child)) != nullptr && next != children_.end() &&
               is_relu(*next->second) && taker_behind(next) == nullptr) {
      y = call_with_relu(*taker, child->first, y, mode);
      child = next;
    } else {
      y = call(*child->second, child->first, y, mode);
    }
  }
  return y;
}

void Sequential::visit(StateVisitor& visitor) {
  for (const auto& [name, child] : children_) visitor.child(name, *child);
}

std::string Sequential::describe() const {
  return fmt::format("Sequential of {}", children_.size());
}

}  // namespace keel
