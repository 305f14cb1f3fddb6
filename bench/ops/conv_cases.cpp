#include <fmt/format.h>

#include <keel/core/kernels/winograd.h>
#include <keel/core/ops/conv.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Layer {
  const char* model;
  std::int64_t batch, size;  // of the square input
  std::int64_t in, out;      // channels
  Conv2dGeometry geometry;
  std::int64_t kernel;
  int count = 1;  // in the model

  std::int64_t out_size() const {
    return (size + 2 * geometry.padding - kernel) / geometry.stride + 1;
  }
  // Images need no gradient.
  bool first() const { return in <= 3; }
};

// Every shape of a convolution in these models, once. (resnet20-B: what its shortcuts add; groups:
// in no model, four of them and a channel each.)
const std::vector<Layer> kLayers = {
    {"lenet5", 256, 28, 1, 6, {.padding = 2}, 5},
    {"lenet5", 256, 14, 6, 16, {}, 5},
    {"vgg-small", 128, 32, 3, 64, {.padding = 1}, 3},
    {"vgg-small", 128, 32, 64, 64, {.padding = 1}, 3},
    {"vgg-small", 128, 16, 64, 128, {.padding = 1}, 3},
    {"vgg-small", 128, 16, 128, 128, {.padding = 1}, 3},
    {"vgg-small", 128, 8, 128, 256, {.padding = 1}, 3},
    {"vgg-small", 128, 8, 256, 256, {.padding = 1}, 3},
    {"resnet20", 128, 32, 3, 16, {.padding = 1}, 3},
    {"resnet20", 128, 32, 16, 16, {.padding = 1}, 3, 6},
    {"resnet20", 128, 32, 16, 32, {.stride = 2, .padding = 1}, 3},
    {"resnet20", 128, 16, 32, 32, {.padding = 1}, 3, 5},
    {"resnet20", 128, 16, 32, 64, {.stride = 2, .padding = 1}, 3},
    {"resnet20", 128, 8, 64, 64, {.padding = 1}, 3, 5},
    {"resnet20-B", 128, 32, 16, 32, {.stride = 2}, 1, 0},
    {"resnet20-B", 128, 16, 32, 64, {.stride = 2}, 1, 0},
    {"groups", 128, 16, 32, 32, {.padding = 1, .groups = 4}, 3, 0},
    {"groups", 128, 16, 32, 32, {.padding = 1, .groups = 32}, 3, 0},
};

kernels::ConvShape shape_of(const Layer& l) {
  return {.batch = l.batch,
          .height = l.size,
          .width = l.size,
          .in_channels = l.in,
          .out_height = l.out_size(),
          .out_width = l.out_size(),
          .out_channels = l.out,
          .kernel_height = l.kernel,
          .kernel_width = l.kernel,
          .stride = l.geometry.stride,
          .padding = l.geometry.padding,
          .dilation = 1,
          .groups = l.geometry.groups};
}

// Of the products of Winograd's tiles of 4x4, where they are in use; 0 elsewhere.
double winograd_flops(const Layer& l) {
  if (!kernels::winograd::fits(shape_of(l))) return 0;
  constexpr std::int64_t kTile = 4, kFrequencies = 36;
  const std::int64_t tiles = (l.out_size() + kTile - 1) / kTile;
  return static_cast<double>(2 * l.batch * tiles * tiles * kFrequencies * l.in * l.out);
}

// The direct algorithm's multiply-adds, the taps on the padding among them; the same in each pass.
Work work_of(const Layer& l) {
  const std::int64_t x = l.batch * l.size * l.size * l.in;
  const std::int64_t y = l.batch * l.out_size() * l.out_size() * l.out;
  const std::int64_t taps = l.kernel * l.kernel * l.in / l.geometry.groups;
  return {.flops = static_cast<double>(2 * y * taps),
          .bytes = static_cast<double>(4 * (x + y + taps * l.out)),
          .used_flops = winograd_flops(l)};
}

void add_layer(std::vector<Case>& cases, const Layer& l) {
  const Op op = [geometry = l.geometry](const std::vector<Tensor>& in) {
    return conv2d(in[0], in[1], {}, geometry);
  };
  const std::vector<Shape> inputs = {{l.batch, l.size, l.size, l.in},
                                     {l.out, l.kernel, l.kernel, l.in / l.geometry.groups}};
  const std::string stride = l.geometry.stride == 1 ? "" : fmt::format("s{}", l.geometry.stride);
  const std::string groups = l.geometry.groups == 1 ? "" : fmt::format("g{}", l.geometry.groups);
  const std::string name = fmt::format("conv2d/{}/{}x{}{}{}-{}to{}-{}x{}", l.model, l.kernel,
                                       l.kernel, stride, groups, l.in, l.out, l.size, l.size);
  const Work work = work_of(l);
  std::vector<Case> passes = {forward_case(name + "/forward", work, inputs, op),
                              backward_case(name + "/backward-weights", work, inputs, {1}, op)};
  if (!l.first()) passes.push_back(backward_case(name + "/backward-data", work, inputs, {0}, op));
  append(cases, std::move(passes), l.model, l.count);
}

// The first layer of lenet5 without a norm, which has its pool in the same pass.
void add_pooled_layer(std::vector<Case>& cases) {
  const Layer& l = kLayers.front();
  const Op op = [geometry = l.geometry](const std::vector<Tensor>& in) {
    return conv2d(in[0], in[1], {}, geometry, {.relu = true, .pool = Pool2dOptions{}});
  };
  Work work = work_of(l);
  // Instead of the convolution's result a quarter of it, and as many numbers of pixels.
  const std::int64_t y = l.batch * l.out_size() * l.out_size() * l.out;
  work.bytes -= static_cast<double>(4 * (y - y / 2));
  const std::vector<Shape> inputs = {{l.batch, l.size, l.size, l.in},
                                     {l.out, l.kernel, l.kernel, l.in}};
  const std::string name = fmt::format("conv2d_max_pool2d/{}/{}x{}-{}to{}-{}x{}", l.model, l.kernel,
                                       l.kernel, l.in, l.out, l.size, l.size);
  append(cases,
         {forward_case(name + "/forward", work, inputs, op),
          backward_case(name + "/backward-weights", work, inputs, {1}, op)},
         l.model, 0);
}

}  // namespace

std::vector<Case> conv_cases() {
  std::vector<Case> cases;
  for (const Layer& layer : kLayers) add_layer(cases, layer);
  add_pooled_layer(cases);
  return cases;
}

}  // namespace keel::bench
