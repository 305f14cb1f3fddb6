#include <keel/core/autograd.h>
#include <keel/core/kernels/map.h>
#include <keel/core/ops/activation.h>

namespace keel {

using kernels::map;

Tensor relu(const Tensor& x) {
  const Tensor y = map([](auto v) { return v < 0 ? 0 : v; }, x);  // NaN passes through
  return record("relu", y, {&x}, [y](Tensor dy) -> Gradients {
    return {map([](auto d, auto v) { return v > 0 ? d : 0; }, dy, y)};
  });
}

}  // namespace keel
