#include "apps/statistics_gap.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/ops/loss.h>
#include <keel/layers/state.h>

#include "apps/parameter_space.h"
#include "apps/recalibrate.h"

namespace keel {
namespace {

// The running statistics of one normalisation, as float64 copies.
using Statistics = std::map<std::string, Tensor>;

// Of each normalisation, with its path, in the order of the model.
std::vector<std::pair<std::string, Statistics>> running_statistics(Module& model) {
  std::vector<std::pair<std::string, Statistics>> all;
  for (const StateEntry& entry : state_of(model)) {
    if (is_parameter(entry.kind)) continue;
    const std::size_t dot = entry.path.rfind('.');
    const bool nested = dot != std::string::npos;
    const std::string layer = nested ? entry.path.substr(0, dot) : "";
    const std::string name = nested ? entry.path.substr(dot + 1) : entry.path;
    if (all.empty() || all.back().first != layer) all.push_back({layer, {}});
    all.back().second[name] = entry.tensor.clone().to(DType::kFloat64);
  }
  std::erase_if(all,
                [](const auto& layer) { return !layer.second.contains("num_batches_tracked"); });
  return all;
}

// Per channel; empty where none is kept. An lp batch norm's size takes the deviation's place.
std::vector<double> variances(const Statistics& statistics) {
  const auto var = statistics.find("running_var"), size = statistics.find("running_size");
  std::vector<double> result;
  if (var != statistics.end()) {
    for (const double v : var->second.values<double>()) result.push_back(v);
  } else if (size != statistics.end()) {
    for (const double s : size->second.values<double>()) result.push_back(s * s);
  }
  return result;
}

StatisticsGap gap_between(const std::string& layer, const Statistics& running,
                          const Statistics& population) {
  constexpr double kEps = 1e-5;
  StatisticsGap gap{.layer = layer, .mean_gap = std::nan(""), .variance_ratio = std::nan("")};
  const std::vector<double> var = variances(running), population_var = variances(population);
  const auto channels = static_cast<double>(var.size());
  if (var.empty()) return gap;
  gap.variance_ratio = 0;
  for (std::size_t c = 0; c < var.size(); ++c) {
    const double q = (var[c] + kEps) / (population_var[c] + kEps);
    gap.variance_ratio += std::max(q, 1 / q) / channels;
  }
  if (!running.contains("running_mean")) return gap;
  gap.mean_gap = 0;
  const auto mean = running.at("running_mean").values<double>();
  const auto population_mean = population.at("running_mean").values<double>();
  for (std::size_t c = 0; c < var.size(); ++c) {
    gap.mean_gap +=
        std::abs(mean[c] - population_mean[c]) / std::sqrt(population_var[c] + kEps) / channels;
  }
  return gap;
}

// The fraction of images that is right. A single image has no batch to take statistics from.
double accuracy(Module& model, const HeldOut& images, const Mode& mode) {
  std::int64_t correct = 0, count = 0;
  images.for_each_batch([&](const Batch& batch) {
    if (mode.uses_batch() && batch.labels.size() == 1) return;
    correct += count_correct(model.forward(batch.images, mode), batch.labels);
    count += static_cast<std::int64_t>(batch.labels.size());
  });
  return static_cast<double>(correct) / static_cast<double>(count);
}

}  // namespace

StatisticsReport compare_statistics(Module& model, const Dataset& train,
                                    const Standardization& standardization, const HeldOut& images) {
  const auto running = running_statistics(model);
  if (running.empty()) return {};
  std::vector<Tensor> state;
  for (const StateEntry& entry : state_of(model)) {
    if (!is_parameter(entry.kind)) state.push_back(entry.tensor);
  }
  const NoGradGuard no_grad;
  const Restore restore(state);
  StatisticsReport report;
  StatisticsAccuracy& right = report.accuracy.emplace();
  right.running = accuracy(model, images, {});
  recalibrate(model, train, standardization, {.most_images = HeldOut::kMostImages});
  right.recalibrated = accuracy(model, images, {});
  const auto populations = running_statistics(model);
  for (std::size_t i = 0; i < running.size(); ++i) {
    const auto& [layer, population] = populations[i];
    const bool frozen = population.at("num_batches_tracked").item() == 0;
    if (!frozen) report.gaps.push_back(gap_between(layer, running[i].second, population));
  }
  right.batch = accuracy(model, images, {.statistics = StatisticsUpdate::kAverage});
  return report;
}

}  // namespace keel
