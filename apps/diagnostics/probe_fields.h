#pragma once
// The names of a probe's fields in log.jsonl and results.json.

#include "apps/diagnostics/probe.h"
#include "apps/text/json_record.h"

namespace keel {

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Band> auto& band) {
  field("low", band.low);
  field("high", band.high);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<DescentPoint> auto& point) {
  field("step", point.step);
  field("loss", point.loss);
  field("gradient_change", point.gradient_change);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Descent> auto& descent) {
  field("points", descent.points);
  field("loss", descent.loss);
  field("gradient_change", descent.gradient_change);
  field("beta", descent.beta);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Landscape> auto& landscape) {
  field("loss", landscape.loss);
  field("gradient_norm", landscape.gradient_norm);
  field("by_rate", landscape.by_rate);
  field("by_step", landscape.by_step);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<CovariateShift> auto& shift) {
  field("layer", shift.layer);
  field("gradient_norm", shift.gradient_norm);
  field("distance", shift.distance);
  field("cosine", shift.cosine);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<LayerUpdate> auto& update) {
  field("layer", update.layer);
  field("gradient_norm", update.gradient_norm);
  field("weight_norm", update.weight_norm);
  field("update_ratio", update.update_ratio);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<UnitPercentiles> auto& unit) {
  field("unit", unit.unit);
  field("p15", unit.p15);
  field("p50", unit.p50);
  field("p85", unit.p85);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<LayerActivity> auto& activity) {
  field("layer", activity.layer);
  field("dead", activity.dead);
  field("units", activity.units);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<StatisticsGap> auto& gap) {
  field("layer", gap.layer);
  field("mean_gap", gap.mean_gap);
  field("variance_ratio", gap.variance_ratio);
  field("variance_shift", gap.variance_shift);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<StatisticsAccuracy> auto& accuracy) {
  field("running", accuracy.running);
  field("recalibrated", accuracy.recalibrated);
  field("batch", accuracy.batch);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<OpTime> auto& time) {
  field("op", time.op);
  field("milliseconds", time.milliseconds);
  field("share", time.share);
}

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Probe> auto& probe) {
  field("step", probe.step);
  field("lr", probe.lr);
  field("landscape", probe.landscape);
  field("covariate_shift", probe.covariate_shift);
  field("updates", probe.updates);
  field("activity", probe.activity);
  field("statistics_gap", probe.statistics_gap);
  field("accuracy", probe.accuracy);
  field("time", probe.time);
}

}  // namespace keel
