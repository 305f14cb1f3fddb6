#pragma once
// Reverse-mode differentiation: every op records how its output's gradient becomes its inputs'.

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <keel/core/profile.h>
#include <keel/core/tensor.h>

namespace keel {

/// One gradient per input of an op, in its order; undefined where no one needs it.
using Gradients = std::vector<Tensor>;
/// Takes the output's gradient. When dy.unique(), its elements may be overwritten.
using Backward = std::function<Gradients(Tensor dy)>;

/// One step of the tape, or a leaf (a parameter or an input whose gradient is wanted).
struct Node {
  std::string_view op;                         // a string literal
  std::uint64_t sequence = 0;                  // order of creation: a topological order
  Shape shape;                                 // of the output
  DType dtype = DType::kFloat32;               // of the output
  std::vector<std::shared_ptr<Node>> parents;  // null where an input is a constant
  Backward backward;                           // empty for leaves, and once consumed
  Tensor grad;
  bool leaf = false;

  Node() = default;
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;
  ~Node();  // unlinks long chains without recursion
};

/// Whether ops record on this thread.
bool grad_enabled();

/// Ops inside its lifetime record nothing: evaluation, running statistics, parameter updates.
class NoGradGuard {
 public:
  NoGradGuard();
  ~NoGradGuard();
  NoGradGuard(const NoGradGuard&) = delete;
  NoGradGuard& operator=(const NoGradGuard&) = delete;

 private:
  bool before_;
};

namespace detail {
bool any_requires_grad(std::span<const Tensor* const> inputs);
Tensor attach(std::string_view op, Tensor y, std::span<const Tensor* const> inputs,
              Backward backward);
}  // namespace detail

/// The last line of an op: returns y with its history, or y alone when no input requires a gradient
/// or recording is off. `backward` captures what it needs, y included (it has no history yet, so
/// there is no cycle), and is destroyed as soon as it has run.
template <class F>
Tensor record(std::string_view op, Tensor y, std::span<const Tensor* const> inputs, F&& backward) {
  if (Profile* profile = detail::active_profile()) profile->mark(op);
  if (!grad_enabled() || !detail::any_requires_grad(inputs)) return y;
  return detail::attach(op, std::move(y), inputs, std::forward<F>(backward));
}
template <class F>
Tensor record(std::string_view op, Tensor y, std::initializer_list<const Tensor*> inputs,
              F&& backward) {
  return record(op, std::move(y), std::span(inputs.begin(), inputs.size()),
                std::forward<F>(backward));
}

/// Adds d(loss)/d(leaf) to the gradient of every leaf that `loss` depends on, and consumes the
/// history on the way. Throws Error unless loss is one element that requires a gradient, or when a
/// history was consumed before.
void backward(const Tensor& loss);
/// The same for any output y and its upstream gradient dy (same shape).
void backward(const Tensor& y, const Tensor& dy);

}  // namespace keel
