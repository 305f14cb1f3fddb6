#include <keel/layers/spectral_norm.h>
#include <keel/layers/weight_norm.h>
#include <keel/layers/weight_rule.h>
#include <keel/layers/weight_standardization.h>

namespace keel {

std::map<std::string, WeightRuleEntry>& weight_rule_table() {
  static std::map<std::string, WeightRuleEntry> table = {
      {"sn", spectral_norm_entry()},
      {"sws", scaled_weight_standardization_entry()},
      {"wn", weight_norm_entry()},
      {"ws", weight_standardization_entry()},
  };
  return table;
}

std::vector<WeightRuleFactory> weight_rules(const NormSpec& spec) {
  std::vector<WeightRuleFactory> factories;
  for (const NormTerm& term : spec.modifiers) {
    const WeightRuleEntry& entry = weight_rule_table().at(term.name);
    factories.push_back([make = entry.make, arguments = NormArguments(term, entry.about.options)](
                            const Tensor& weight) { return make(weight, arguments); });
  }
  return factories;
}

Shape per_filter(const Shape& weight) {
  std::vector<std::int64_t> extents(static_cast<std::size_t>(weight.rank()), 1);
  extents[0] = weight[0];
  return Shape(extents);
}

LayerWeight::LayerWeight(Tensor initial, const std::vector<WeightRuleFactory>& rules)
    : weight_(std::move(initial)) {
  for (const WeightRuleFactory& make : rules) rules_.push_back(make(weight_));
  weight_.set_requires_grad();
}

Tensor LayerWeight::used(const Mode& mode) const {
  Tensor weight = weight_;
  for (const WeightRulePtr& rule : rules_) weight = rule->apply(weight, mode);
  return weight;
}

void LayerWeight::visit(StateVisitor& visitor, StateKind kind) {
  visitor.state("weight", weight_, kind);
  for (const WeightRulePtr& rule : rules_) rule->visit(visitor);
}

std::string LayerWeight::describe() const {
  std::string text;
  for (const WeightRulePtr& rule : rules_) text += ", " + rule->describe();
  return text;
}

}  // namespace keel
