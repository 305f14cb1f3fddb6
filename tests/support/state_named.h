#pragma once
// A module's state by its name.

#include <string>

#include <keel/core/error.h>
#include <keel/layers/state.h>

namespace keel::testing {

/// Throws Error without one of that name.
inline Tensor state_named(Module& module, const std::string& name) {
  for (const StateEntry& entry : state_of(module)) {
    if (entry.path == name) return entry.tensor;
  }
  throw Error("no state called " + name);
}

}  // namespace keel::testing
