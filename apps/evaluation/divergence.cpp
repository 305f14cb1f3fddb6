#include "apps/evaluation/divergence.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include <keel/core/autograd.h>

namespace keel {
namespace {

class FirstNotFinite : public ForwardObserver {
 public:
  void observe(const std::string& path, Module& module, const Tensor&, const Tensor& y) override {
    const auto values = y.values<float>();
    const auto finite = [](float v) { return std::isfinite(v); };
    if (found_.empty() && !std::all_of(values.begin(), values.end(), finite)) {
      found_ = fmt::format("{} ({})", path, module.describe());
    }
  }
  const std::string& found() const { return found_; }

 private:
  std::string found_;
};

}  // namespace

Diverged::Diverged(std::string_view when, std::string layer)
    : Error(fmt::format("{}: the first output that is not finite is that of {}", when, layer),
            ErrorKind::kDiverged),
      layer_(std::move(layer)) {}

void report_divergence(std::string_view when, Module& model, const Tensor& images, Mode mode) {
  const NoGradGuard no_grad;
  FirstNotFinite observer;
  mode.observer = &observer;
  model.forward(images, mode);
  throw Diverged(when, observer.found().empty() ? "the loss" : observer.found());
}

}  // namespace keel
