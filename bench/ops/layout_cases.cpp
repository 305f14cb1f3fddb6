#include <fmt/format.h>

#include <keel/core/ops/shape_ops.h>
#include <keel/core/ops/subsample.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Layout {
  const char *name, *model;
  Shape x;
  double results;  // values written, for each one read or left out
  Tensor (*op)(const Tensor& x);
};

// Every second pixel, and as many channels more.
Tensor shortcut(const Tensor& x) {
  return subsample_pad(x, 2, x.size(3) / 2, x.size(3) / 2);
}

const Shape kMap = {128, 32, 32, 16};

const std::vector<Layout> kLayouts = {
    {"permute", "lenet5", {256, 5, 5, 16}, 1, flatten_nchw},
    {"permute", "vgg-small", {128, 4, 4, 256}, 1, flatten_nchw},
    {"subsample_pad", "resnet20", {128, 32, 32, 16}, 0.5, shortcut},
    {"subsample_pad", "resnet20", {128, 16, 16, 32}, 0.5, shortcut},
};

// What no model has: of resnet20's first maps. Each moves as many values backward as forward.
struct Move {
  const char* name;
  double read, written;  // per value of x
  Tensor (*op)(const Tensor& x);
};

const std::vector<Move> kMoves = {
    {"concatenate/channels", 2, 2,
     [](const Tensor& x) {
       return concatenate({x, x}, 3);
     }},
    {"slice/rows", 0.5, 0.5, [](const Tensor& x) { return slice(x, 1, 8, 24); }},
    {"pad/pixels", 1, 1,
     [](const Tensor& x) {
       return pad(x, {{}, {2, 2}, {2, 2}, {}});
     }},
    {"transpose/pixels", 1, 1, [](const Tensor& x) { return transpose(x, 1, 2); }},
};

}  // namespace

std::vector<Case> layout_cases() {
  std::vector<Case> cases;
  for (const Layout& layout : kLayouts) {
    const double values = static_cast<double>(layout.x.numel());
    // Forward reads half of its results where the rest are zeros; backward writes all of x.
    const double read = layout.results < 1 ? layout.results / 2 : layout.results;
    const Op op = [f = layout.op](const std::vector<Tensor>& in) { return f(in[0]); };
    const std::string name = fmt::format("{}/{}/{}x{}x{}", layout.name, layout.model, layout.x[1],
                                         layout.x[2], layout.x[3]);
    append(cases,
           {forward_case(name + "/forward", {.bytes = 4 * values * (read + layout.results)},
                         {layout.x}, op),
            backward_case(name + "/backward", {.bytes = 4 * values * (read + 1)}, {layout.x}, {0},
                          op)},
           layout.model, 1);
  }
  const double values = static_cast<double>(kMap.numel());
  for (const Move& move : kMoves) {
    const Op op = [f = move.op](const std::vector<Tensor>& in) { return f(in[0]); };
    const std::string name = fmt::format("{}/{}", move.name, kMap.numel());
    const Work work{.bytes = 4 * values * (move.read + move.written)};
    cases.push_back(forward_case(name + "/forward", work, {kMap}, op));
    cases.push_back(backward_case(name + "/backward", work, {kMap}, {0}, op));
  }
  return cases;
}

}  // namespace keel::bench
