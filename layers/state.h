#pragma once
// What a module's visit() gives for free: lists, counts, conversion, state dicts.

#include <string>
#include <vector>

#include <keel/core/state_dict.h>
#include <keel/layers/module.h>

namespace keel {

/// One parameter or buffer of a module. The tensor is the module's own: writing to its elements
/// changes the module.
struct StateEntry {
  std::string path;
  Tensor tensor;
  StateKind kind;
};

/// Parameters and buffers, in the order in which visit() names them.
std::vector<StateEntry> state_of(Module& module);
std::vector<StateEntry> parameters_of(Module& module);
/// A module inside another one, containers before their children.
struct ModuleEntry {
  std::string path;
  Module* module;
};
std::vector<ModuleEntry> modules_of(Module& module);

/// How many numbers the parameters hold.
std::int64_t parameter_count(Module& module);

/// Drops all gradients: backward() adds to those that are there.
void zero_grad(Module& module);
/// Whether the module's parameters gather gradients: false freezes them.
void set_trainable(Module& module, bool trainable);
/// Converts every parameter and buffer except counters; gradients are dropped.
void convert(Module& module, DType dtype);

/// Parameters and buffers by PyTorch's names and in PyTorch's order of axes.
StateDict state_dict(Module& module);
/// Names of the state dict's whole numbers (counters), which files keep as I64.
std::vector<std::string> counters_of(Module& module);

/// Copies a state dict into the module. Throws Error listing every name that is missing, unexpected
/// or of another shape; the module is then unchanged.
void load_state_dict(Module& module, const StateDict& state);

}  // namespace keel
