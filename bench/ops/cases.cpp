#include "bench/ops/cases.h"

#include <memory>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/random.h>

namespace keel::bench {
namespace {

std::vector<Tensor> draw(const std::vector<Shape>& shapes) {
  Rng rng(1);
  std::vector<Tensor> tensors;
  for (const Shape& shape : shapes) tensors.push_back(Tensor::normal(shape, 0, 1, rng));
  return tensors;
}

// backward() without its bookkeeping, along first inputs. It hands over the only handle of dy, as
// backward() does inside a model: an op may then overwrite it.
void run_tape(const Tensor& y, Tensor dy) {
  const NoGradGuard no_grad;
  for (Node* node = y.node().get(); node != nullptr && !node->leaf; node = node->parents[0].get()) {
    Gradients gradients = node->backward(std::move(dy));
    dy = std::move(gradients[0]);
  }
}

}  // namespace

Case forward_case(std::string name, Work work, std::vector<Shape> inputs, Op op) {
  const auto make = [inputs = std::move(inputs), op = std::move(op)] {
    const auto in = std::make_shared<std::vector<Tensor>>(draw(inputs));
    for (Tensor& input : *in) input.set_requires_grad();
    const auto y = std::make_shared<Tensor>();
    return Timed{.before = [y] { *y = Tensor(); }, .run = [in, y, op] { *y = op(*in); }};
  };
  return {.name = std::move(name), .work = work, .make = make};
}

Case backward_case(std::string name, Work work, std::vector<Shape> inputs,
                   std::vector<std::size_t> wanted, Op op) {
  const auto make = [inputs = std::move(inputs), wanted = std::move(wanted), op = std::move(op)] {
    const auto in = std::make_shared<std::vector<Tensor>>(draw(inputs));
    for (const std::size_t i : wanted) (*in)[i].set_requires_grad();
    const auto y = std::make_shared<Tensor>(), dy = std::make_shared<Tensor>();
    const auto before = [in, y, dy, op] {
      *y = op(*in);
      *dy = Tensor::ones(y->shape());
    };
    return Timed{.before = before, .run = [y, dy] { run_tape(*y, std::move(*dy)); }};
  };
  return {.name = std::move(name), .work = work, .make = make};
}

void append(std::vector<Case>& cases, std::vector<Case> some, const std::string& model, int count) {
  for (Case& c : some) {
    c.model = model;
    c.count = count;
    cases.push_back(std::move(c));
  }
}

}  // namespace keel::bench
