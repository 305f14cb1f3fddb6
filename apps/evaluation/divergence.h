#pragma once
// What is said when a model yields values that are not finite.

#include <string>
#include <string_view>

#include <keel/core/error.h>
#include <keel/layers/module.h>

namespace keel {

/// A loss that is not finite: when it was met, and the first layer whose output is not.
class Diverged : public Error {
 public:
  Diverged(std::string_view when, std::string layer);
  const std::string& layer() const { return layer_; }

 private:
  std::string layer_;
};

/// Throws Diverged naming the first layer whose output for `images` is not finite, such as
/// "features.3 (ReLU)"; parts come before the whole.
[[noreturn]] void report_divergence(std::string_view when, Module& model, const Tensor& images,
                                    Mode mode);

}  // namespace keel
