#include "apps/diagnostics/activity.h"

#include <algorithm>
#include <cmath>

#include <keel/core/autograd.h>
#include <keel/layers/state.h>

#include "apps/text/evenly_spaced.h"

namespace keel {
namespace {

bool is_unitwise(Module& module, const Tensor& x, const Tensor& y) {
  if (!(x.shape() == y.shape()) || !modules_of(module).empty()) return false;
  const std::vector<StateEntry> state = state_of(module);
  return std::none_of(state.begin(), state.end(), [](const StateEntry& entry) {
    return entry.kind == StateKind::kWeight || entry.kind == StateKind::kConvWeight;
  });
}

UnitPercentiles percentiles_of(const Tensor& y, std::int64_t unit) {
  const std::span<const float> all = y.values<float>();
  std::vector<float> values;
  for (auto i = static_cast<std::size_t>(unit); i < all.size();
       i += static_cast<std::size_t>(y.size(-1))) {
    values.push_back(all[i]);
  }
  return {.unit = unit,
          .p15 = percentile(values, 0.15),
          .p50 = percentile(values, 0.5),
          .p85 = percentile(values, 0.85)};
}

class Units : public ForwardObserver {
 public:
  void observe(const std::string& path, Module& module, const Tensor& x, const Tensor& y) override {
    if (!is_unitwise(module, x, y)) return;
    const auto known = std::find_if(layers_.begin(), layers_.end(), [&](const Layer& layer) {
      return layer.activity.layer == path;
    });
    Layer& layer = known == layers_.end() ? add(path, y) : *known;
    const std::size_t units = layer.alive.size();
    const std::span<const float> values = y.values<float>();
    for (const float* pixel = values.data(); pixel != values.data() + values.size();
         pixel += units) {
      for (std::size_t unit = 0; unit < units; ++unit) {
        if (pixel[unit] > 0) layer.alive[unit] = true;
      }
    }
  }

  std::vector<LayerActivity> result() const {
    std::vector<LayerActivity> activities;
    for (const Layer& layer : layers_) {
      activities.push_back(layer.activity);
      const auto dead = std::count(layer.alive.begin(), layer.alive.end(), false);
      activities.back().dead = static_cast<double>(dead) / static_cast<double>(layer.alive.size());
    }
    return activities;
  }

 private:
  struct Layer {
    LayerActivity activity;
    std::vector<char> alive;  // by unit
  };

  Layer& add(const std::string& path, const Tensor& y) {
    constexpr std::int64_t kUnits = 3;
    Layer& layer = layers_.emplace_back();
    layer.activity.layer = path;
    layer.alive.resize(static_cast<std::size_t>(y.size(-1)));
    for (const std::int64_t unit : evenly_spaced(y.size(-1), kUnits)) {
      layer.activity.units.push_back(percentiles_of(y, unit));
    }
    return layer;
  }

  std::vector<Layer> layers_;
};

}  // namespace

std::vector<LayerActivity> measure_activity(Module& model, const HeldOut& images) {
  const NoGradGuard no_grad;
  Units units;
  images.for_each_batch(
      [&](const Batch& batch) { model.forward(batch.images, {.observer = &units}); });
  return units.result();
}

double percentile(std::span<float> values, double part) {
  const double position = part * static_cast<double>(values.size() - 1);
  const double below = std::floor(position);
  const auto nth = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), nth, values.end());
  const double low = static_cast<double>(*nth);
  if (position == below) return low;
  const double high = static_cast<double>(*std::min_element(nth + 1, values.end()));
  return low + (position - below) * (high - low);
}

}  // namespace keel
