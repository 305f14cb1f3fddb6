#include "apps/results/finding.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "apps/results/axis_findings.h"
#include "apps/results/chance.h"
#include "apps/results/probe_values.h"
#include "apps/results/ranking.h"
#include "apps/results/ranking_text.h"
#include "apps/results/statistics_text.h"
#include "apps/text/capitalized.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

class Narrator {
 public:
  Narrator(const Comparison& comparison, const std::vector<Variant>& variants)
      : comparison_(comparison),
        variants_(variants),
        axes_(axes_of(comparison)),
        ranking_(rank(variants)),
        chance_(chance_accuracy(comparison)),
        unfinished_(unfinished_runs(variants)) {
    for (const Ranked& ranked : ranking_) {
      if (ranked.variant->is_baseline) reference_ = ranked.variant;
    }
  }

  Finding tell() const {
    Finding finding;
    finding.headline = headline();
    for (std::string sentence :
         {unfinished(), certainty(), runner_up(), ranking_sentence(ranking_), speed(), landscape(),
          counted("Diverged", &Variant::diverged), counted("Failed", &Variant::failed)}) {
      if (!sentence.empty()) finding.details.push_back(std::move(sentence));
    }
    for (std::string& sentence : axis_findings(axes_, variants_, chance_, so_far())) {
      finding.details.push_back(std::move(sentence));
    }
    if (comparison_.lr_note) finding.details.push_back(capitalized(*comparison_.lr_note) + ".");
    if (comparison_.left_out) {
      for (const std::string& runs : *comparison_.left_out) {
        finding.details.push_back(capitalized(runs) + ".");
      }
    }
    return finding;
  }

 private:
  std::string headline() const {
    if (ranking_.empty()) {
      const bool all_diverged =
          !comparison_.runs.empty() &&
          std::all_of(comparison_.runs.begin(), comparison_.runs.end(),
                      [](const Run& run) { return run.status == RunStatus::kDiverged; });
      return all_diverged ? "Every run diverged." : "No run has finished yet.";
    }
    const Variant& best = *ranking_.front().variant;
    const std::string result = fmt::format("{}, with {} of the test images right", called(best),
                                           percent_text(best.accuracy.mean));
    if (!beats_chance(best, chance_)) {
      return fmt::format("Nothing learns{}: even the highest, {}, is near chance, {}.", so_far(),
                         result, percent_text(chance_));
    }
    if (ranking_.size() == 1) return fmt::format("{} is {}.", most_accurate(), result);
    const Variant& second = *ranking_[1].variant;
    const bool beats_reference = reference_ != nullptr && &best != reference_;
    const Variant& rival = beats_reference ? *reference_ : second;
    if (may_be_chance(best, rival)) {
      return fmt::format("{} is {}, {}, but {} tell that from chance.", highest(best), result,
                         gap(best, rival), seeds_that_tell(best, rival));
    }
    const std::string told = beats_reference ? result + ", " + gap(best, rival) : result;
    if (may_be_chance(best, second)) {
      return fmt::format("{} is {}; {} tell it from {}.", highest(best), told,
                         seeds_that_tell(best, second), called(second));
    }
    return fmt::format("{} is {}.", most_accurate(), told);
  }

  std::string called(const Variant& variant) const { return keel::called(axes_, variant); }

  // Of what diverged now and then, which ranks behind the others whatever it reached.
  std::string most_accurate() const {
    const bool outdone = std::any_of(ranking_.begin(), ranking_.end(), [&](const Ranked& ranked) {
      return more_accurate(*ranked.variant, *ranking_.front().variant);
    });
    return outdone ? "Most accurate of what never diverged" : "Most accurate";
  }

  // "2.50 points more than none", over the seeds that finished both where there are any.
  std::string gap(const Variant& a, const Variant& b) const {
    const Summary paired = paired_difference(a, b);
    const double points = paired.count > 0 ? paired.mean : a.accuracy.mean - b.accuracy.mean;
    return fmt::format("{} points {} than {}", fixed_text(100 * std::fabs(points), 2),
                       points < 0 ? "less" : "more", called(b));
  }

  std::string highest(const Variant& variant) const {
    const bool outdone = most_accurate() != "Most accurate";
    const std::string text = variant.completed == 1 ? "Highest" : "Highest on average";
    return outdone ? text + " of what never diverged" : text;
  }

  // Of two variants that may differ by chance.
  static std::string seeds_that_tell(const Variant& a, const Variant& b) {
    const int seeds = paired_difference(a, b).count;
    if (seeds == 0) return "no common seed can";
    return seeds == 1 ? "one seed cannot" : fmt::format("{} seeds cannot", seeds);
  }

  // The paired difference of a over b and what it allows to conclude.
  static std::string contrast(const Variant& a, const Variant& b) {
    const Summary difference = paired_difference(a, b);
    const std::string names = fmt::format("{} against {}", a.name, b.name);
    const std::string points = points_text(difference.mean);
    if (difference.count == 0) {
      return fmt::format("{}: no seed has finished both, so nothing can be said about chance.",
                         names);
    }
    if (difference.count == 1) {
      return fmt::format(
          "{}: {} points on the one seed that finished both, which cannot tell it from chance.",
          names, points);
    }
    const std::string told =
        fmt::format("{}: {} points over {} paired seeds", names, points, difference.count);
    if (!has_spread(difference)) {
      return told + ", the same on each, so that there is no spread to tell it from chance by.";
    }
    return fmt::format("{}, 95 % interval {}. {}", told, points_interval_text(difference),
                       excludes_zero(difference)
                           ? "It excludes zero: chance alone is an unlikely reason."
                           : "It includes zero: these seeds cannot tell the two apart.");
  }

  std::string certainty() const {
    if (ranking_.size() < 2 || reference_ == nullptr || ranking_.front().variant == reference_)
      return "";
    return "Gain: " + contrast(*ranking_.front().variant, *reference_);
  }

  std::string runner_up() const {
    if (ranking_.size() < 2) return "";
    const bool told_already = ranking_[1].variant == reference_;
    return told_already ? "" : "Lead: " + contrast(*ranking_[0].variant, *ranking_[1].variant);
  }

  std::string speed() const {
    if (!comparison_.target_accuracy || ranking_.empty()) return "";
    const Variant* fastest = nullptr;
    for (const Variant& variant : variants_) {
      if (std::isnan(variant.target.seconds.mean) || variant.target.not_reached > 0) continue;
      if (fastest == nullptr || variant.target.seconds.mean < fastest->target.seconds.mean) {
        fastest = &variant;
      }
    }
    const std::string target = fmt::format("{:.4g} %", 100 * *comparison_.target_accuracy);
    if (fastest == nullptr) {
      return fmt::format("No variant reaches the target of {} with all of its seeds{}.", target,
                         so_far());
    }
    std::string text = fmt::format("Fastest to {}{}: {}, after {}", target, so_far(), fastest->name,
                                   effort(fastest->target));
    if (reference_ == nullptr || fastest == reference_) return text + ".";
    const TargetSummary& reference = reference_->target;
    if (reference.not_reached > 0) {
      return text + fmt::format("; {} of {} runs of {} never got there.", reference.not_reached,
                                reference.reached + reference.not_reached, reference_->name);
    }
    text += fmt::format("; {} after {}", reference_->name, effort(reference));
    const Summary times = paired_difference(*reference_, *fastest, [this](const Run& run) {
      const auto crossing = first_crossing(run, *comparison_.target_accuracy);
      return crossing ? std::log(crossing->step) : kNotMeasured;
    });
    return text + (has_spread(times) ? ", " + factor_text(times) + " as many steps." : ".");
  }

  // How the roughest moments of the loss along the gradient compare with the reference's.
  std::string landscape() const {
    if (reference_ == nullptr) return "";
    constexpr int kNamed = 6;
    if (const std::string exploded = explosions(*reference_); !exploded.empty()) {
      return fmt::format(
          "The change of the gradient along itself was {} of {}, so that no other is told as a "
          "multiple of it.",
          exploded, reference_->name);
    }
    std::string text;
    int told = 0;
    for (const Ranked& ranked : ranking_) {
      if (ranked.variant == reference_) continue;
      if (const std::string exploded = explosions(*ranked.variant); !exploded.empty()) {
        if (++told > kNamed) continue;
        text += fmt::format("{}{} {}", text.empty() ? "" : "; ", ranked.variant->name, exploded);
        continue;
      }
      const Summary change = paired_difference(*ranked.variant, *reference_, [](const Run& run) {
        return std::log(largest_over_probes(run, gradient_change));
      });
      if (!has_spread(change) || ++told > kNamed) continue;
      text += fmt::format("{}{} {}", text.empty() ? "" : "; ", ranked.variant->name,
                          factor_text(change));
    }
    if (text.empty()) return "";
    if (told > kNamed) text += fmt::format("; and {} more variants", told - kNamed);
    return fmt::format(
        "Largest change of the gradient over 0.5 to 4 of a run’s own learning rates along it, over "
        "that of {}: {}. An interval with 1 in it tells nothing.",
        reference_->name, text);
  }

  // "not finite in 3 of 18 probes"; empty where all are finite.
  static std::string explosions(const Variant& variant) {
    int probes = 0, not_finite = 0;
    for (const Run* run : variant.runs) {
      probes += static_cast<int>(run->probes.size());
      not_finite += not_finite_probes(*run, gradient_change);
    }
    if (not_finite == 0) return "";
    return fmt::format("not finite in {} of {} probes", not_finite, probes);
  }

  // Of a mean of logarithms.
  static std::string factor_text(const Summary& log) {
    return fmt::format("{} times (95 % interval {} to {}, {} seeds)",
                       significant_text(std::exp(log.mean), 3),
                       significant_text(std::exp(log.mean - log.half_width), 3),
                       significant_text(std::exp(log.mean + log.half_width), 3), log.count);
  }

  static std::string effort(const TargetSummary& target) {
    const std::string steps = count_text(target.steps.mean);
    return fmt::format("{} step{} and {} of training", steps, steps == "1" ? "" : "s",
                       duration_text(target.seconds.mean));
  }

  // "Diverged: 2 of 9 runs (layer: 2 of 3)."
  std::string counted(const char* what, int Variant::*count) const {
    constexpr int kNamed = 4;
    std::string list;
    int runs = 0, affected = 0;
    for (const Variant& variant : variants_) {
      if (variant.*count == 0) continue;
      runs += variant.*count;
      if (++affected > kNamed) continue;
      list += fmt::format("{}{}: {} of {}", affected == 1 ? "" : "; ", variant.name, variant.*count,
                          variant.runs.size());
    }
    if (affected > kNamed) list += fmt::format("; and {} more variants", affected - kNamed);
    if (runs == 0) return "";
    return fmt::format("{}: {} of {} runs ({}).", what, runs, comparison_.runs.size(), list);
  }

  std::string unfinished() const {
    if (unfinished_ == 0) return "";
    return fmt::format("Interim state: of {} runs {} {} not finished.", comparison_.runs.size(),
                       unfinished_, unfinished_ == 1 ? "has" : "have");
  }

  // Behind what the runs that go on may still change.
  const char* so_far() const { return unfinished_ > 0 ? " so far" : ""; }

  const Comparison& comparison_;
  const std::vector<Variant>& variants_;
  const Axes axes_;
  const std::vector<Ranked> ranking_;
  const double chance_;
  const int unfinished_;
  const Variant* reference_ = nullptr;
};

}  // namespace

Finding find(const Comparison& comparison, const std::vector<Variant>& variants) {
  return Narrator(comparison, variants).tell();
}

}  // namespace keel
