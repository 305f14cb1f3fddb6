#include <keel/core/ops/activation.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/subsample.h>
#include <keel/layers/activation.h>
#include <keel/layers/residual.h>

namespace keel {

Residual::Residual(ModulePtr main, ModulePtr shortcut, ModulePtr activation)
    : main_(std::move(main)), shortcut_(std::move(shortcut)), activation_(std::move(activation)) {
  check(main_ != nullptr, "Residual: the main branch is null");
}

Tensor Residual::forward(const Tensor& x, const Mode& mode) {
  const Tensor skipped = shortcut_ ? call(*shortcut_, "shortcut", x, mode) : x;
  const Tensor y = call(*main_, "main", x, mode);
  check(y.shape() == skipped.shape(), "Residual: the main branch gives {}, the shortcut {}",
        y.shape(), skipped.shape());
  if (!activation_) return y + skipped;
  if (mode.observer == nullptr && is_relu(*activation_)) return add_relu(y, skipped);
  return call(*activation_, "activation", y + skipped, mode);
}

void Residual::visit(StateVisitor& visitor) {
  visitor.child("main", *main_);
  if (shortcut_) visitor.child("shortcut", *shortcut_);
  if (activation_) visitor.child("activation", *activation_);
}

Tensor SubsampleShortcut::forward(const Tensor& x, const Mode&) {
  const std::int64_t added = out_channels_ - x.size(3);
  check(added >= 0, "SubsampleShortcut: {} channels cannot become {}", x.size(3), out_channels_);
  return subsample_pad(x, stride_, added / 2, added - added / 2);
}

std::string SubsampleShortcut::describe() const {
  return fmt::format("SubsampleShortcut(stride {}, {} channels)", stride_, out_channels_);
}

}  // namespace keel
