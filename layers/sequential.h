#pragma once

#include <utility>
#include <vector>

#include <keel/layers/module.h>

namespace keel {

/// Children one after the other. Unnamed ones are called "0", "1", ... by their position.
class Sequential : public Module {
 public:
  Sequential() = default;

  /// Throws Error when the child is null or its name is taken.
  Sequential& add(ModulePtr child);
  Sequential& add(std::string name, ModulePtr child);
  /// add(std::make_unique<Layer>(arguments...))
  template <class Layer, class... Arguments>
  Sequential& add(Arguments&&... arguments) {
    return add(std::make_unique<Layer>(std::forward<Arguments>(arguments)...));
  }

  Tensor forward(const Tensor& x, const Mode& mode) override;
  void visit(StateVisitor& visitor) override;
  std::string describe() const override;

 private:
  std::vector<std::pair<std::string, ModulePtr>> children_;
};

}  // namespace keel
