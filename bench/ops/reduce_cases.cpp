#include <fmt/format.h>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/local_response.h>
#include <keel/core/ops/moments.h>
#include <keel/core/ops/reduce.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Reduction {
  const char* name;
  bool linear;  // no gradient depends on x
  Axes axes;
  Tensor (*op)(const Tensor& x, const Axes& axes);
};

const Shape kMap = {128, 32, 32, 16};  // of resnet20

const std::vector<Reduction> kReductions = {
    {"sum/all", true, {}, [](const Tensor& x, const Axes& axes) { return sum(x, axes); }},
    {"sum/channels", true, {3}, [](const Tensor& x, const Axes& axes) { return sum(x, axes); }},
    {"sum/pixels", true, {1, 2}, [](const Tensor& x, const Axes& axes) { return sum(x, axes); }},
    {"mean/batch",
     true,
     {0, 1, 2},
     [](const Tensor& x, const Axes& axes) { return mean(x, axes); }},
    {"max/channels", false, {3}, [](const Tensor& x, const Axes& axes) { return max(x, axes); }},
    {"variance/batch",
     false,
     {0, 1, 2},
     [](const Tensor& x, const Axes& axes) { return variance(x, axes); }},
};

}  // namespace

std::vector<Case> reduce_cases() {
  std::vector<Case> cases;
  const double elements = static_cast<double>(kMap.numel());
  // Forward reads x; backward writes dx, and reads x where the gradient depends on it.
  const auto add = [&](const char* name, Work forward, Work backward, const Op& op) {
    const std::string full = fmt::format("{}/{}", name, kMap.numel());
    cases.push_back(forward_case(full + "/forward", forward, {kMap}, op));
    cases.push_back(backward_case(full + "/backward", backward, {kMap}, {0}, op));
  };
  for (const Reduction& r : kReductions) {
    add(r.name, {.flops = elements, .bytes = 4 * elements},
        {.flops = elements, .bytes = (r.linear ? 4 : 8) * elements},
        [&r](const std::vector<Tensor>& in) { return r.op(in[0], r.axes); });
  }
  add("moments/groups", {.flops = 4 * elements, .bytes = 4 * elements},
      {.flops = 2 * elements, .bytes = 8 * elements}, [](const std::vector<Tensor>& in) {
        return cast(moments(in[0], {.groups = 2}).var, in[0].dtype());
      });
  add("affine", {.flops = 3 * elements, .bytes = 8 * elements},
      {.flops = elements, .bytes = 12 * elements, .working_set = 8 * elements, .in_place = true},
      [scale = Tensor::full({kMap[3]}, 0.5, DType::kFloat64)](const std::vector<Tensor>& in) {
        return affine(in[0], {}, scale, {});
      });
  add("local_response", {.flops = elements, .bytes = 8 * elements},
      {.flops = elements, .bytes = 12 * elements},
      [](const std::vector<Tensor>& in) { return local_response(in[0], {}); });
  return cases;
}

}  // namespace keel::bench
