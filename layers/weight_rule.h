#pragma once
// What may be done to a layer's weights before they are used: the modifiers of a normalisation.

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <keel/layers/norm.h>

namespace keel {

/// A rule from the weights that are learnt to those that are used, differentiated through.
/// Shape: weight [out, ...] -> the same.
class WeightRule {
 public:
  virtual ~WeightRule() = default;
  virtual Tensor apply(const Tensor& weight, const Mode& mode) = 0;
  /// Names its own parameters and buffers.
  virtual void visit(StateVisitor&) {}
  /// A word or two for describe() of the layer.
  virtual std::string describe() const = 0;
};

using WeightRulePtr = std::unique_ptr<WeightRule>;
/// Makes the rule for one layer with its initial weights.
using WeightRuleFactory = std::function<WeightRulePtr(const Tensor& weight)>;

struct WeightRuleEntry {
  NormDescription about{};
  std::function<WeightRulePtr(const Tensor& weight, const NormArguments& arguments)> make{};
};

/// The one table of modifiers: ws, sws, wn, sn. A program of yours may add to it.
std::map<std::string, WeightRuleEntry>& weight_rule_table();

/// The factories of a spec's modifiers, in its order.
std::vector<WeightRuleFactory> weight_rules(const NormSpec& spec);

/// [out, ...] -> [out, 1, ...]: one value per filter, as it is multiplied with the weights.
Shape per_filter(const Shape& weight);

/// A layer's weights with their rules.
class LayerWeight {
 public:
  LayerWeight() = default;
  LayerWeight(Tensor initial, const std::vector<WeightRuleFactory>& rules);

  /// The weights as they are learnt.
  const Tensor& learnt() const { return weight_; }
  /// The weights as they are used: each rule applied to what the one before it gave.
  Tensor used(const Mode& mode) const;
  void visit(StateVisitor& visitor, StateKind kind);
  /// ", standardised": what the rules say, each after a comma.
  std::string describe() const;

 private:
  Tensor weight_;
  std::vector<WeightRulePtr> rules_;
};

}  // namespace keel
