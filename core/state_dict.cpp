#include <keel/core/error.h>
#include <keel/core/state_dict.h>

namespace keel {

void check_state_fits(std::string_view owner, const std::map<std::string, Shape>& expected,
                      const StateDict& state) {
  std::string problems;
  for (const auto& [name, shape] : expected) {
    const auto found = state.find(name);
    if (found == state.end() || !found->second.defined()) {
      problems += fmt::format("\n  missing: {} {}", name, shape);
    } else if (!(found->second.shape() == shape)) {
      problems += fmt::format("\n  of another shape: {} is {}, expected {}", name,
                              found->second.shape(), shape);
    }
  }
  for (const auto& [name, tensor] : state) {
    if (expected.contains(name)) continue;
    problems += fmt::format("\n  unexpected: {}", name);
    if (tensor.defined()) problems += fmt::format(" {}", tensor.shape());
  }
  check_data(problems.empty(), "the state does not fit {}:{}", owner, problems);
}

}  // namespace keel
