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
  Tensor y = x;
  for (auto child = children_.begin(); child != children_.end(); ++child) {
    // Where a norm is left out, the ReLU stands behind an Identity.
    const auto next = std::find_if_not(std::next(child), children_.end(), [](const auto& other) {
      return dynamic_cast<const Identity*>(other.second.get()) != nullptr;
    });
    auto* fusing = dynamic_cast<FusesRelu*>(child->second.get());
    if (fusing != nullptr && mode.observer == nullptr && next != children_.end() &&
        is_relu(*next->second)) {
      y = call_with_relu(*fusing, child->first, y, mode);
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
