#include "bench/ops/cases.h"

#include <cmath>
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

// What the op computes from these inputs: its result, or the gradients of the inputs `wanted`.
std::vector<Tensor> results_of(const Op& op, std::vector<Tensor> inputs,
                               const std::vector<std::size_t>& wanted) {
  for (const std::size_t i : wanted) inputs[i].set_requires_grad();
  const Tensor y = op(inputs);
  if (wanted.empty()) return {y};
  Rng rng(2);
  backward(y, Tensor::normal(y.shape(), 0, 1, rng).to(y.dtype()));
  std::vector<Tensor> gradients;
  for (const std::size_t i : wanted) gradients.push_back(inputs[i].grad());
  return gradients;
}

double error_of(const Op& op, const std::vector<Shape>& shapes,
                const std::vector<std::size_t>& wanted) {
  const std::vector<Tensor> inputs = draw(shapes);
  std::vector<Tensor> exact_inputs;
  for (const Tensor& input : inputs) exact_inputs.push_back(input.to(DType::kFloat64));
  const std::vector<Tensor> results = results_of(op, inputs, wanted),
                            exact = results_of(op, exact_inputs, wanted);
  double error = 0, size = 0;
  for (std::size_t r = 0; r < results.size(); ++r) {
    const std::span<const float> a = results[r].values<float>();
    const std::span<const double> b = exact[r].values<double>();
    for (std::size_t i = 0; i < a.size(); ++i) {
      error += std::pow(static_cast<double>(a[i]) - b[i], 2);
      size += b[i] * b[i];
    }
  }
  return std::sqrt(error / size);
}

}  // namespace

Case forward_case(std::string name, Work work, std::vector<Shape> inputs, Op op) {
  const auto make = [inputs, op] {
    const auto in = std::make_shared<std::vector<Tensor>>(draw(inputs));
    for (Tensor& input : *in) input.set_requires_grad();
    const auto y = std::make_shared<Tensor>();
    return Timed{.before = [y] { *y = Tensor(); }, .run = [in, y, op] { *y = op(*in); }};
  };
  const auto error = [inputs = std::move(inputs), op = std::move(op)] {
    return error_of(op, inputs, {});
  };
  return {.name = std::move(name), .work = work, .make = make, .error = error};
}

Case backward_case(std::string name, Work work, std::vector<Shape> inputs,
                   std::vector<std::size_t> wanted, Op op) {
  const auto make = [inputs, wanted, op] {
    const auto in = std::make_shared<std::vector<Tensor>>(draw(inputs));
    for (const std::size_t i : wanted) (*in)[i].set_requires_grad();
    const auto y = std::make_shared<Tensor>(), dy = std::make_shared<Tensor>();
    const auto before = [in, y, dy, op] {
      *y = op(*in);
      *dy = Tensor::ones(y->shape());
    };
    return Timed{.before = before, .run = [y, dy] { run_tape(*y, std::move(*dy)); }};
  };
  const auto error = [inputs = std::move(inputs), wanted = std::move(wanted), op = std::move(op)] {
    return error_of(op, inputs, wanted);
  };
  return {.name = std::move(name), .work = work, .make = make, .error = error};
}

void append(std::vector<Case>& cases, std::vector<Case> some, const std::string& model, int count) {
  for (Case& c : some) {
    c.model = model;
    c.count = count;
    cases.push_back(std::move(c));
  }
}

}  // namespace keel::bench
