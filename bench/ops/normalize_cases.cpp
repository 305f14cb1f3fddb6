#include <fmt/format.h>

#include <keel/core/ops/normalize.h>

#include "bench/ops/cases.h"

namespace keel::bench {
namespace {

struct Map {
  const char* model;
  std::int64_t batch, size, channels;
  // How many norms of the model stand before a ReLU, before that and a max pool, and alone.
  int before_relu, before_pool, alone;
  bool typical = false;  // timed for every norm; the others for the models' batch norm
};

const std::vector<Map> kMaps = {
    {"lenet5", 256, 28, 6, 0, 1, 0, true},
    {"lenet5", 256, 10, 16, 0, 1, 0},
    {"vgg-small", 128, 32, 64, 1, 1, 0, true},
    {"vgg-small", 128, 16, 128, 1, 1, 0},
    {"vgg-small", 128, 8, 256, 1, 1, 0},
    {"resnet20", 128, 32, 16, 4, 0, 3, true},
    {"resnet20", 128, 16, 32, 3, 0, 3},
    {"resnet20", 128, 8, 64, 3, 0, 3, true},
    {"mlp", 60, 1, 100, 0, 0, 3},
};

struct Norm {
  const char* name;
  std::int64_t (*groups)(std::int64_t channels);  // as StatisticsRows has them
};

const std::vector<Norm> kNorms = {
    {"batch", [](std::int64_t) { return std::int64_t{0}; }},
    {"group", [](std::int64_t channels) { return channels % 8 == 0 ? channels / 8 : 1; }},
    {"layer", [](std::int64_t) { return std::int64_t{1}; }},
    {"instance", [](std::int64_t channels) { return channels; }},
};

struct Behind {
  const char* name;
  Epilogue epilogue;
  int Map::*count;
};

const std::vector<Behind> kBehind = {
    {"", Epilogue::kNone, &Map::alone},
    {"+relu", Epilogue::kRelu, &Map::before_relu},
    {"+relu+pool", {.relu = true, .pool = Pool2dOptions{}}, &Map::before_pool},
};

// Per element forward: mean 1, squared differences 3, scale and shift 2; backward: the two sums 4,
// dx 5; either way one for a ReLU and one for a pool. A row must be read for its statistics before
// any of it can be written: that costs batch norm a second reading, while a sample's own row stays
// in the cache. What a pool gives, and its places, are half as large as what it is given.
Work forward_work(double elements, const Epilogue& behind, bool batch) {
  const double x = 4 * elements, y = behind.pool ? x / 2 : x;
  return {.flops = elements * (6 + behind.relu + behind.pool.has_value()),
          .bytes = (batch ? 2 : 1) * x + y,
          .working_set = x + y};
}
Work backward_work(double elements, const Epilogue& behind, bool batch) {
  const double x = 4 * elements, dy = behind.pool ? x / 2 : x;
  return {.flops = elements * (9 + behind.relu + behind.pool.has_value()),
          .bytes = (batch ? 2 : 1) * (x + dy) + x,
          .working_set = behind.pool ? 2 * x + dy : x + dy,
          .in_place = !behind.pool};
}

void add_norm(std::vector<Case>& cases, const Map& map, const Norm& norm, const Behind& behind) {
  const std::int64_t groups = norm.groups(map.channels);
  const bool batch = groups == 0;
  const int count = batch ? map.*behind.count : 0;
  if (count == 0 && (!map.typical || behind.epilogue.pool)) return;
  const Op op = [groups, epilogue = behind.epilogue](const std::vector<Tensor>& in) {
    return normalize(in[0], in[1], in[2], {.groups = groups}, 1e-5, EpsPlacement::kInsideRoot,
                     epilogue)
        .y;
  };
  const std::vector<Shape> inputs = {
      {map.batch, map.size, map.size, map.channels}, {map.channels}, {map.channels}};
  const std::string name = fmt::format("normalize/{}{}/{}/{}x{}x{}", norm.name, behind.name,
                                       map.model, map.size, map.size, map.channels);
  const double elements = static_cast<double>(inputs[0].numel());
  append(
      cases,
      {forward_case(name + "/forward", forward_work(elements, behind.epilogue, batch), inputs, op),
       backward_case(name + "/backward", backward_work(elements, behind.epilogue, batch), inputs,
                     {0, 1, 2}, op)},
      map.model, count);
}

// Batch norm in evaluation: a scale and a shift per channel.
void add_given(std::vector<Case>& cases, const Map& map) {
  const Op op = [](const std::vector<Tensor>& in) {
    const Tensor statistics = Tensor::ones({in[0].size(-1)}, DType::kFloat32);
    return normalize_with(in[0], statistics, statistics, in[1], in[2], 1e-5, Epilogue::kRelu);
  };
  const std::vector<Shape> inputs = {
      {map.batch, map.size, map.size, map.channels}, {map.channels}, {map.channels}};
  const double elements = static_cast<double>(inputs[0].numel());
  cases.push_back(forward_case(fmt::format("normalize_with/batch+relu/{}/{}x{}x{}/forward",
                                           map.model, map.size, map.size, map.channels),
                               {.flops = elements * 3, .bytes = elements * 8}, inputs, op));
}

}  // namespace

std::vector<Case> normalize_cases() {
  std::vector<Case> cases;
  for (const Map& map : kMaps) {
    if (map.typical) add_given(cases, map);
  }
  for (const Norm& norm : kNorms) {
    for (const Behind& behind : kBehind) {
      for (const Map& map : kMaps) add_norm(cases, map, norm, behind);
    }
  }
  return cases;
}

}  // namespace keel::bench
