#include "apps/train/resolved_settings.h"

#include "apps/train/models.h"
#include "apps/train/norm_setting.h"

namespace keel {

TrainConfig resolved(TrainConfig config) {
  config.norm = to_text(with_defaults(norm_spec(config)));
  const TrainConfig standard;
  config.groups = standard.groups;
  config.norm_eps = standard.norm_eps;
  config.norm_momentum = standard.norm_momentum;
  config.weight_standardization = standard.weight_standardization;
  if (config.depth == 0) config.depth = model_info(config.model).depth;
  if (config.optim != "sgd") {
    config.momentum = standard.momentum;
    config.nesterov = standard.nesterov;
  }
  if (config.schedule != "one-cycle") config.pct_start = standard.pct_start;
  if (config.dropout == 0) config.dropout_place = standard.dropout_place;
  if (!config.diagnostics) config.probe_every = standard.probe_every;
  return config;
}

}  // namespace keel
