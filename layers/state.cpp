#include <keel/core/error.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/state.h>

namespace keel {
namespace {

// Whether it is one value per element of a feature map, [H, W, C] here and [C, H, W] in files.
bool is_map(const Shape& shape, StateKind kind) {
  return shape.rank() == 3 && (kind == StateKind::kNormWeight || kind == StateKind::kNormBias);
}

Tensor to_file_order(const Tensor& x, StateKind kind) {
  if (kind == StateKind::kConvWeight) return permute(x.detach(), {0, 3, 1, 2});
  return is_map(x.shape(), kind) ? permute(x.detach(), {2, 0, 1}) : x.detach();
}

Tensor from_file_order(const Tensor& x, StateKind kind) {
  if (kind == StateKind::kConvWeight) return permute(x.detach(), {0, 2, 3, 1});
  return is_map(x.shape(), kind) ? permute(x.detach(), {1, 2, 0}) : x.detach();
}

Shape file_shape(const StateEntry& entry) {
  const Shape& s = entry.tensor.shape();
  if (entry.kind == StateKind::kConvWeight) return {s[0], s[3], s[1], s[2]};
  return is_map(s, entry.kind) ? Shape{s[2], s[0], s[1]} : s;
}

}  // namespace

std::vector<StateEntry> state_of(Module& module) {
  std::vector<StateEntry> entries;
  StateVisitor visitor([&](const std::string& path, Tensor& tensor, StateKind kind) {
    entries.push_back({path, tensor, kind});
  });
  module.visit(visitor);
  return entries;
}

std::vector<StateEntry> parameters_of(Module& module) {
  std::vector<StateEntry> entries = state_of(module);
  std::erase_if(entries, [](const StateEntry& entry) { return !is_parameter(entry.kind); });
  return entries;
}

std::vector<ModuleEntry> modules_of(Module& module) {
  std::vector<ModuleEntry> entries;
  StateVisitor visitor([](const std::string&, Tensor&, StateKind) {},
                       [&](const std::string& path, Module& child) {
                         entries.push_back({path, &child});
                       });
  module.visit(visitor);
  return entries;
}

std::int64_t parameter_count(Module& module) {
  std::int64_t count = 0;
  for (const StateEntry& entry : parameters_of(module)) count += entry.tensor.numel();
  return count;
}

void zero_grad(Module& module) {
  for (StateEntry& entry : parameters_of(module)) entry.tensor.clear_grad();
}

void set_trainable(Module& module, bool trainable) {
  StateVisitor visitor([=](const std::string&, Tensor& tensor, StateKind kind) {
    if (is_parameter(kind)) tensor.set_requires_grad(trainable);
  });
  module.visit(visitor);
}

void convert(Module& module, DType dtype) {
  StateVisitor visitor([=](const std::string&, Tensor& tensor, StateKind kind) {
    if (kind == StateKind::kCounter) return;
    const bool trainable = tensor.requires_grad();
    tensor = tensor.to(dtype);
    tensor.set_requires_grad(trainable);
  });
  module.visit(visitor);
}

StateDict state_dict(Module& module) {
  StateDict state;
  for (const StateEntry& entry : state_of(module)) {
    check(state.emplace(entry.path, to_file_order(entry.tensor, entry.kind)).second,
          "state_dict: the name {} is used twice", entry.path);
  }
  return state;
}

std::vector<std::string> counters_of(Module& module) {
  std::vector<std::string> names;
  for (const StateEntry& entry : state_of(module)) {
    if (entry.kind == StateKind::kCounter) names.push_back(entry.path);
  }
  return names;
}

void load_state_dict(Module& module, const StateDict& state) {
  std::vector<StateEntry> entries = state_of(module);
  std::map<std::string, Shape> expected;
  for (const StateEntry& entry : entries) expected.emplace(entry.path, file_shape(entry));
  check_state_fits("the model", expected, state);
  for (StateEntry& entry : entries) {
    entry.tensor.copy_from(from_file_order(state.at(entry.path), entry.kind));
  }
}

}  // namespace keel
