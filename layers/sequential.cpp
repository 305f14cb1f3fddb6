#include <algorithm>

#include <keel/layers/activation.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/fuses_relu.h>
#include <keel/layers/identity.h>
#include <keel/layers/pool.h>
#include <keel/layers/sequential.h>

namespace keel {
namespace {

using Child = std::vector<std::pair<std::string, ModulePtr>>::const_iterator;

// What a Sequential asks about its children to have some of them in one pass.
struct Neighbours {
  Child end;
  bool may_fuse;

  /// Where a norm is left out, its ReLU stands behind an Identity.
  Child behind(Child child) const {
    return std::find_if_not(std::next(child), end, [](const auto& other) {
      return dynamic_cast<const Identity*>(other.second.get()) != nullptr;
    });
  }

  template <class Layer>
  Layer* as(Child child) const {
    return may_fuse && child != end ? dynamic_cast<Layer*>(child->second.get()) : nullptr;
  }

  bool is_relu_at(Child child) const { return child != end && is_relu(*child->second); }

  /// What takes over the ReLU in front of it: rather than the layer on the other side, since a pool
  /// has fewer values to look at.
  FusesRelu* taker_behind(Child relu) const {
    FusesRelu* taker = as<FusesRelu>(behind(relu));
    return taker != nullptr && taker->commutes_with_relu() ? taker : nullptr;
  }
};

}  // namespace

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
  const Neighbours neighbours{children_.end(), mode.observer == nullptr};
  Tensor y = x;
  for (Child child = children_.begin(); child != children_.end(); ++child) {
    const Child next = neighbours.behind(child);
    const bool before_relu = neighbours.is_relu_at(next);
    const auto with_relu = [&](FusesRelu& taker, std::string_view name) {
      return call_fused(taker, name, mode, [&](const Mode& inner) {
        return taker.forward_with(y, inner, Epilogue::kRelu);
      });
    };
    FusesRelu* taker = nullptr;
    Conv2d* conv = nullptr;
    MaxPool2d* pool = nullptr;
    if (neighbours.is_relu_at(child) && (taker = neighbours.taker_behind(child)) != nullptr) {
      y = with_relu(*taker, next->first);
      child = next;
    } else if (before_relu && (conv = neighbours.as<Conv2d>(child)) != nullptr &&
               (pool = neighbours.as<MaxPool2d>(neighbours.behind(next))) != nullptr &&
               conv->takes_pool(y, pool->options())) {
      y = call_fused(*conv, child->first, mode, [&](const Mode& inner) {
        return conv->forward_with_relu_and_pool(y, inner, pool->options());
      });
      child = neighbours.behind(next);
    } else if (before_relu && (taker = neighbours.as<FusesRelu>(child)) != nullptr &&
               neighbours.taker_behind(next) == nullptr) {
      y = with_relu(*taker, child->first);
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
