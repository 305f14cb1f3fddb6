#include "apps/diagnostics/statistics_gap.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <keel/core/autograd.h>
#include <keel/core/ops/loss.h>
#include <keel/core/ops/moments.h>
#include <keel/layers/state.h>

#include "apps/diagnostics/parameter_space.h"
#include "apps/evaluation/recalibrate.h"

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

// The biased variance, per channel, of what layers have got in several forward passes.
class InputVariances : public ForwardObserver {
 public:
  explicit InputVariances(const std::vector<std::pair<std::string, Statistics>>& layers) {
    for (const auto& [layer, statistics] : layers) {
      if (statistics.contains("running_var")) spreads_.try_emplace(layer);
    }
  }

  void observe(const std::string& path, Module&, const Tensor& x, const Tensor&) override {
    const auto found = spreads_.find(path);
    if (found == spreads_.end()) return;
    Spread& spread = found->second;
    const Moments batch = moments(x, {});
    spread.mean.resize(static_cast<std::size_t>(x.size(-1)));
    spread.m2.resize(spread.mean.size());
    const auto count = static_cast<double>(batch.count), total = spread.count + count;
    for (std::size_t c = 0; c < spread.mean.size(); ++c) {
      const double delta = batch.mean.values<double>()[c] - spread.mean[c];
      spread.mean[c] += delta * count / total;
      spread.m2[c] +=
          batch.var.values<double>()[c] * count + delta * delta * spread.count * count / total;
    }
    spread.count = total;
  }

  /// Empty for a layer that was not looked at.
  std::vector<double> of(const std::string& layer) const {
    const auto found = spreads_.find(layer);
    if (found == spreads_.end() || found->second.count == 0) return {};
    std::vector<double> variances = found->second.m2;
    for (double& variance : variances) variance /= found->second.count;
    return variances;
  }

 private:
  struct Spread {
    double count = 0;
    std::vector<double> mean, m2;
  };
  std::map<std::string, Spread> spreads_;
};

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

constexpr double kEps = 1e-5;

// The mean over the channels of the larger variance over the smaller one.
double ratio_of(const std::vector<double>& a, const std::vector<double>& b) {
  double sum = 0;
  for (std::size_t c = 0; c < a.size(); ++c) {
    const double q = (a[c] + kEps) / (b[c] + kEps);
    sum += std::max(q, 1 / q);
  }
  return sum / static_cast<double>(a.size());
}

StatisticsGap gap_between(const std::string& layer, const Statistics& running,
                          const Statistics& population, const std::vector<double>& in_evaluation) {
  StatisticsGap gap{.layer = layer, .mean_gap = std::nan(""), .variance_ratio = std::nan("")};
  const std::vector<double> var = variances(running), population_var = variances(population);
  const auto channels = static_cast<double>(var.size());
  if (var.empty()) return gap;
  gap.variance_ratio = ratio_of(var, population_var);
  if (!in_evaluation.empty()) gap.variance_shift = ratio_of(var, in_evaluation);
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
  InputVariances in_evaluation(running);
  right.running = accuracy(model, images, {.observer = &in_evaluation});
  recalibrate(model, train, standardization, {.most_images = HeldOut::kMostImages});
  right.recalibrated = accuracy(model, images, {});
  const auto populations = running_statistics(model);
  for (std::size_t i = 0; i < running.size(); ++i) {
    const auto& [layer, population] = populations[i];
    const bool frozen = population.at("num_batches_tracked").item() == 0;
    if (frozen) continue;
    report.gaps.push_back(
        gap_between(layer, running[i].second, population, in_evaluation.of(layer)));
  }
  right.batch = accuracy(model, images, {.statistics = StatisticsUpdate::kAverage});
  return report;
}

}  // namespace keel
