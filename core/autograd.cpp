#include <algorithm>
#include <atomic>
#include <functional>
#include <unordered_set>

#include <keel/core/autograd.h>
#include <keel/core/kernels/map.h>

namespace keel {
namespace {

thread_local bool recording = true;

std::uint64_t next_sequence() {
  static std::atomic<std::uint64_t> counter{0};
  return ++counter;
}

void accumulate(Node& node, Tensor gradient) {
  if (!node.grad.defined()) {
    node.grad = std::move(gradient);
    return;
  }
  // An op may hand the same elements to two inputs; only a sole owner is added to in place.
  if (!node.grad.unique()) node.grad = node.grad.clone();
  kernels::map_into(node.grad, std::plus<>(), node.grad, gradient);
}

// All nodes that `root` depends on, newest first: each comes before everything it was computed
// from.
std::vector<std::shared_ptr<Node>> tape_of(const std::shared_ptr<Node>& root) {
  std::vector<std::shared_ptr<Node>> tape, stack{root};
  std::unordered_set<const Node*> seen{root.get()};
  while (!stack.empty()) {
    std::shared_ptr<Node> node = std::move(stack.back());
    stack.pop_back();
    for (const std::shared_ptr<Node>& parent : node->parents) {
      if (parent && seen.insert(parent.get()).second) stack.push_back(parent);
    }
    tape.push_back(std::move(node));
  }
  std::sort(tape.begin(), tape.end(),
            [](const auto& a, const auto& b) { return a->sequence > b->sequence; });
  return tape;
}

void check_gradients(const Node& node, const Gradients& gradients) {
  check(gradients.size() == node.parents.size(),
        "backward of '{}' returned {} gradients for {} inputs", node.op, gradients.size(),
        node.parents.size());
  for (std::size_t i = 0; i < gradients.size(); ++i) {
    if (!node.parents[i]) continue;
    const Node& parent = *node.parents[i];
    check(gradients[i].defined(), "backward of '{}' returned no gradient for input {}", node.op, i);
    check(gradients[i].shape() == parent.shape && gradients[i].dtype() == parent.dtype,
          "backward of '{}' returned gradient {} {} for input {} of shape {} {}", node.op,
          gradients[i].shape(), name_of(gradients[i].dtype()), i, parent.shape,
          name_of(parent.dtype));
  }
}

}  // namespace

Node::~Node() {
  // Releasing the parents one by one would recurse through the whole chain.
  std::vector<std::shared_ptr<Node>> doomed;
  const auto take_from = [&](Node& node) {
    node.backward = nullptr;
    for (std::shared_ptr<Node>& parent : node.parents) {
      if (parent && parent.use_count() == 1) doomed.push_back(std::move(parent));
    }
    node.parents.clear();
  };
  take_from(*this);
  while (!doomed.empty()) {
    const std::shared_ptr<Node> node = std::move(doomed.back());
    doomed.pop_back();
    take_from(*node);
  }
}

bool grad_enabled() {
  return recording;
}

NoGradGuard::NoGradGuard() : before_(recording) {
  recording = false;
}
NoGradGuard::~NoGradGuard() {
  recording = before_;
}

bool detail::any_requires_grad(std::span<const Tensor* const> inputs) {
  return std::any_of(inputs.begin(), inputs.end(),
                     [](const Tensor* x) { return x->requires_grad(); });
}

Tensor detail::attach(std::string_view op, Tensor y, std::span<const Tensor* const> inputs,
                      Backward backward) {
  auto node = std::make_shared<Node>();
  node->op = op;
  node->sequence = next_sequence();
  node->shape = y.shape();
  node->dtype = y.dtype();
  for (const Tensor* input : inputs) node->parents.push_back(input->node());
  node->backward = std::move(backward);
  TensorAccess::set_node(y, std::move(node));
  return y;
}

void backward(const Tensor& loss) {
  check(loss.defined() && loss.numel() == 1,
        "backward: needs a loss of one element, got shape {}; reduce it or pass its gradient",
        loss.shape());
  backward(loss, Tensor::ones(loss.shape(), loss.dtype()));
}

void backward(const Tensor& y, const Tensor& dy) {
  check(y.requires_grad(), "backward: tensor {} depends on nothing that requires a gradient",
        y.shape());
  check(dy.shape() == y.shape() && dy.dtype() == y.dtype(),
        "backward: upstream gradient {} {} for a tensor {} {}", dy.shape(), name_of(dy.dtype()),
        y.shape(), name_of(y.dtype()));
  const NoGradGuard no_grad;
  // The caller keeps dy: give the tape its own handle, which is then not unique and never
  // overwritten.
  accumulate(*y.node(), dy.detach());
  for (std::shared_ptr<Node>& node : tape_of(y.node())) {
    if (node->leaf) {
      // Two leaves must never share elements: clipping one would clip the other.
      if (!node->grad.unique()) node->grad = node->grad.clone();
    } else {
      check(node->backward != nullptr,
            "backward: the history of '{}' was already consumed by an earlier backward()",
            node->op);
      Tensor gradient = std::exchange(node->grad, Tensor());
      Gradients gradients = std::exchange(node->backward, nullptr)(std::move(gradient));
      check_gradients(*node, gradients);
      for (std::size_t i = 0; i < gradients.size(); ++i) {
        if (node->parents[i]) accumulate(*node->parents[i], std::move(gradients[i]));
      }
      if (Profile* profile = detail::active_profile()) {
        profile->mark(fmt::format("{} backward", node->op));
      }
    }
    node.reset();
  }
}

}  // namespace keel
