#include <vector>

#include <keel/core/nearest.h>
#include <keel/core/ops/activation.h>
#include <keel/layers/activation.h>

namespace keel {
namespace {

Tensor plain_relu(const Tensor& x) {
  return relu(x);
}

}  // namespace

std::map<std::string, ActivationFunction>& activation_table() {
  static std::map<std::string, ActivationFunction> table = {
      {"elu", [](const Tensor& x) { return elu(x); }},
      {"gelu", [](const Tensor& x) { return gelu(x); }},
      {"leaky_relu", [](const Tensor& x) { return leaky_relu(x); }},
      {"none", [](const Tensor& x) { return x; }},
      {"relu", plain_relu},
      {"selu", [](const Tensor& x) { return selu(x); }},
      {"sigmoid", [](const Tensor& x) { return sigmoid(x); }},
      {"silu", [](const Tensor& x) { return silu(x); }},
      {"softplus", [](const Tensor& x) { return softplus(x); }},
      {"tanh", [](const Tensor& x) { return tanh(x); }},
  };
  return table;
}

Activation::Activation(const std::string& name) : name_(name) {
  const auto& table = activation_table();
  const auto found = table.find(name);
  if (found == table.end()) {
    throw Error(unknown_name("activation", name, keys_of(table)));
  }
  function_ = found->second;
}

bool is_relu(const Module& module) {
  const auto* activation = dynamic_cast<const Activation*>(&module);
  return activation != nullptr && activation->function_ == plain_relu;
}

}  // namespace keel
