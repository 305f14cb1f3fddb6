#include <keel/core/error.h>
#include <keel/layers/module.h>

namespace keel {
namespace {

std::string join(std::string_view prefix, std::string_view name) {
  return prefix.empty() ? std::string(name) : fmt::format("{}.{}", prefix, name);
}

// FNV-1a: a stream number for a name, the same on every machine.
std::uint64_t hash(std::string_view text) {
  std::uint64_t value = 0xCBF29CE484222325u;
  for (const char c : text) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return value;
}

// f(inner); an error gains the path of the child that it is about.
template <class F>
Tensor located(const Module& child, const Mode& inner, F&& f) {
  try {
    return f(inner);
  } catch (Error& error) {
    error.locate(fmt::format("in {} ({})", inner.path, child.describe()));
    throw;
  }
}

}  // namespace

Mode Mode::child(std::string_view name) const {
  return {training, rng.fork(hash(name)), observer, join(path, name), statistics};
}

Tensor call(Module& child, std::string_view name, const Tensor& x, const Mode& mode) {
  return located(child, mode.child(name), [&](const Mode& inner) {
    Tensor y = child.forward(x, inner);
    if (mode.observer != nullptr) mode.observer->observe(inner.path, child, x, y);
    return y;
  });
}

Tensor call_fused(Module& child, std::string_view name, const Mode& mode,
                  const std::function<Tensor(const Mode&)>& forward) {
  return located(child, mode.child(name), forward);
}

void StateVisitor::state(std::string_view name, Tensor& tensor, StateKind kind) {
  if (tensor.defined()) callback_(join(prefix_, name), tensor, kind);
}

void StateVisitor::child(std::string_view name, Module& module) {
  const std::string outer = std::exchange(prefix_, join(prefix_, name));
  if (module_callback_) module_callback_(prefix_, module);
  module.visit(*this);
  prefix_ = outer;
}

}  // namespace keel
