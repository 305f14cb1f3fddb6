#include <algorithm>
#include <optional>

#include <keel/layers/activation.h>
#include <keel/layers/fuses_epilogue.h>
#include <keel/layers/identity.h>
#include <keel/layers/pool.h>
#include <keel/layers/sequential.h>

namespace keel {
namespace {

using Child = std::vector<std::pair<std::string, ModulePtr>>::const_iterator;

// A layer with those behind it that come in its pass.
struct Pass {
  Child layer;
  FusesEpilogue* taker;  // the same
  Epilogue epilogue;
  Child last;
};

// What a Sequential asks about its children to have some of them in one pass.
class Neighbours {
 public:
  explicit Neighbours(Child end) : end_(end) {}

  /// The pass that begins at a child, if more than that is in it.
  std::optional<Pass> pass_from(Child child, const Tensor& x) const {
    const Child next = behind(child);
    if (is_relu_at(child)) {
      FusesEpilogue* taker = taker_behind(child);
      return taker ? std::optional<Pass>({next, taker, Epilogue::kRelu, next}) : std::nullopt;
    }
    FusesEpilogue* taker = as<FusesEpilogue>(child);
    if (taker == nullptr || !is_relu_at(next)) return std::nullopt;
    const Child third = behind(next);
    const MaxPool2d* pool = as<MaxPool2d>(third);
    if (pool != nullptr && taker->takes_pool(x, pool->options())) {
      return Pass{child, taker, {.relu = true, .pool = pool->options()}, third};
    }
    if (taker_behind(next) != nullptr) return std::nullopt;
    return Pass{child, taker, Epilogue::kRelu, next};
  }

 private:
  // Where a norm is left out, its ReLU stands behind an Identity.
  Child behind(Child child) const {
    return std::find_if_not(std::next(child), end_, [](const auto& other) {
      return dynamic_cast<const Identity*>(other.second.get()) != nullptr;
    });
  }

  template <class Layer>
  Layer* as(Child child) const {
    return child != end_ ? dynamic_cast<Layer*>(child->second.get()) : nullptr;
  }

  bool is_relu_at(Child child) const { return child != end_ && is_relu(*child->second); }

  // What takes over the ReLU in front of it: rather than the layer on the other side, since a pool
  // has fewer values to look at.
  FusesEpilogue* taker_behind(Child relu) const {
    FusesEpilogue* taker = as<FusesEpilogue>(behind(relu));
    return taker != nullptr && taker->commutes_with_relu() ? taker : nullptr;
  }

  Child end_;
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
  const Neighbours neighbours(children_.end());
  Tensor y = x;
  for (Child child = children_.begin(); child != children_.end(); ++child) {
    std::optional<Pass> pass;
    if (mode.observer == nullptr) pass = neighbours.pass_from(child, y);
    if (!pass) {
      y = call(*child->second, child->first, y, mode);
      continue;
    }
    y = call_fused(*pass->taker, pass->layer->first, mode, [&](const Mode& inner) {
      return pass->taker->forward_with(y, inner, pass->epilogue);
    });
    child = pass->last;
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
