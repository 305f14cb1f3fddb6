#include "apps/reproduce/experiment.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <set>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/known_sets.h>

#include "apps/train/config_text.h"
#include "apps/train/model_spec.h"
#include "tests/apps/made_up_comparison.h"
#include "tests/support/test.h"

using keel::Budget;
using keel::Experiment;
using keel::Holds;
using keel::Probe;
using keel::Run;
using keel::TrainConfig;
using keel::Verdict;
using keel::testing::diverge;
using keel::testing::end_with;
using keel::testing::made_up;
using keel::testing::Results;

namespace {

std::vector<keel::Check> checks_of(const Experiment& experiment, Budget budget,
                                   const keel::Comparison& comparison) {
  std::vector<keel::Check> checks;
  for (const keel::Threshold& threshold : experiment.thresholds) {
    if (budget == Budget::kFull || threshold.in_quick) {
      checks.push_back(check_threshold(threshold, comparison));
    }
  }
  return checks;
}

// A probe of a layer's unit, with the spread of its values.
Probe activity_probe(std::int64_t step, double spread) {
  Probe probe;
  probe.step = step;
  probe.activity = {{"8", 0, {{0, -spread / 2, 0, spread / 2}}}, {"9", 0, {{0, 0.4, 0.5, 0.6}}}};
  return probe;
}

struct Landscape {
  double band, change, beta, shift, cosine;
};
Probe landscape_probe(const Landscape& l) {
  Probe probe;
  probe.step = 1;
  probe.landscape.gradient_norm = 1;
  probe.landscape.by_rate.loss = {1, 1 + l.band};
  probe.landscape.by_rate.gradient_change = {0, l.change};
  probe.landscape.by_rate.beta = l.beta;
  probe.covariate_shift = {{"0", 1, l.shift, l.cosine}};
  return probe;
}

void log_losses(Run& run, double loss) {
  run.steps.clear();
  for (int step = 1; step <= 60; ++step) run.steps.push_back({step, loss, 0.5});
}

void end_with_loss(Run& run, double train_loss) {
  end_with(run, 0.5);
  run.epochs.back().train_loss = train_loss;
}

// Runs that show each claim: mostly what was measured when the thresholds were fixed.
std::map<std::string, Results> results_as_claimed() {
  std::map<std::string, Results> results;
  results["ioffe2015-mnist"] = [](Run& run, const TrainConfig& config) {
    const bool none = config.norm == "none";
    run.evaluations = {{none ? 2000 : 400, 1, 0.85}, {none ? 5000 : 800, 1, 0.91}};
    run.probes = {activity_probe(1, 0.1), activity_probe(100, none ? 0.09 : 2.28),
                  activity_probe(10'000, none ? 2.94 : 4.25)};
    end_with(run, none ? 0.97 : 0.975);
  };
  results["bjorck2018-learning-rate"] = [](Run& run, const TrainConfig& config) {
    static const std::map<double, double> none{{0.01, 0.38}, {0.03, 0.42}, {0.1, 0.39}},
        batch{{0.01, 0.47}, {0.03, 0.57}, {0.1, 0.59}, {0.3, 0.58}, {1, 0.51}, {3, 0.21}};
    if (config.norm == "group") return end_with(run, 0.4);
    const auto& measured = config.norm == "none" ? none : batch;
    const auto found = measured.find(config.lr);
    found == measured.end() ? diverge(run) : end_with(run, found->second);
  };
  results["santurkar2018-landscape"] = [](Run& run, const TrainConfig& config) {
    const bool none = config.norm == "none";
    run.probes = {landscape_probe(none ? Landscape{2.79, 29.6, 87, 0.0013, 1}
                                       : Landscape{0.5, 5, 17, 0.009, 1}),
                  landscape_probe({0.1, 1, 1, 0, 1})};
    log_losses(run, none ? 1.98 : config.norm == "noisy" ? 1.47 : 1.51);
    end_with(run, 0.5);
  };
  results["wu2018-batch-size"] = [](Run& run, const TrainConfig& config) {
    static const std::map<std::int64_t, double> batch{
        {128, 0.592}, {32, 0.606}, {8, 0.602}, {4, 0.572}, {2, 0.484}},
        group{{128, 0.465}, {32, 0.505}, {8, 0.521}, {4, 0.526}, {2, 0.526}};
    end_with(run, (config.norm == "group" ? group : batch).at(config.batch_size));
  };
  results["li2019-dropout"] = [](Run& run, const TrainConfig& config) {
    const bool precise = config.norm == "batch:precise";
    end_with(run, config.dropout == 0 ? 0.652 : precise ? 0.609 : 0.472);
    Probe probe;
    probe.statistics_gap = {{"features.1", 0, 1.1, 1.1},
                            {"features.4", 0, 1.1, config.dropout == 0 ? 1.02 : 1.93}};
    run.probes = {probe};
  };
  results["init-scale"] = [](Run& run, const TrainConfig& config) {
    if (config.norm == "batch") return end_with(run, config.init_scale > 5 ? 0.402 : 0.55);
    if (config.norm == "none" && config.init_scale > 2) return diverge(run);
    end_with(run, config.init_scale == 1 ? 0.42 : 0.099);
  };
  results["qiao2019-weight-standardization"] = [](Run& run, const TrainConfig& config) {
    end_with(run, config.norm == "group+ws" ? 0.63 : 0.43);
  };
  results["hoffer2017-ghost"] = [](Run& run, const TrainConfig& config) {
    end_with(run, config.batch_size == 128 ? 0.8 : config.norm == "batch" ? 0.7 : 0.75);
  };
  results["zhang2019-fixup"] = [](Run& run, const TrainConfig& config) {
    if (config.norm == "none") return diverge(run);
    end_with(run, config.depth == 20 ? 0.5 : 0.45);
  };
  results["santurkar2018-linear"] = [](Run& run, const TrainConfig& config) {
    const bool none = config.norm == "none";
    if (none && config.lr == 0.1) return diverge(run);
    run.probes = {
        landscape_probe(none ? Landscape{1, 2, 20, 0.1, 0.9} : Landscape{0.5, 1, 10, 0.1, 0.8})};
    end_with_loss(run, (none ? 2.0 : 1.0) / config.lr);
  };
  return results;
}

// The opposite of each claim: what it says of one variant is found of the other.
std::map<std::string, Results> results_against_the_claims() {
  const auto claimed = results_as_claimed();
  const auto swapped = [&claimed](const std::string& name, const std::string& a,
                                  const std::string& b) -> Results {
    return [results = claimed.at(name), a, b](Run& run, const TrainConfig& config) {
      TrainConfig other = config;
      if (config.norm == a || config.norm == b) other.norm = config.norm == a ? b : a;
      results(run, other);
    };
  };
  std::map<std::string, Results> results;
  for (const char* name :
       {"ioffe2015-mnist", "bjorck2018-learning-rate", "init-scale", "santurkar2018-linear"}) {
    results[name] = swapped(name, "none", "batch");
  }
  results["santurkar2018-landscape"] = [plain =
                                            swapped("santurkar2018-landscape", "none", "batch")](
                                           Run& run, const TrainConfig& config) {
    plain(run, config);
    if (config.norm == "noisy") log_losses(run, 3);
  };
  results["wu2018-batch-size"] = swapped("wu2018-batch-size", "batch", "group");
  results["li2019-dropout"] = [](Run& run, const TrainConfig& config) {
    end_with(run, config.norm == "batch" && config.dropout > 0 ? 0.6 : 0.5);
    Probe probe;
    probe.statistics_gap = {{"features.1", 0, 1.1, 1.9}, {"features.4", 0, 1.1, 1.1}};
    run.probes = {probe};
  };
  results["qiao2019-weight-standardization"] =
      swapped("qiao2019-weight-standardization", "group", "group+ws");
  results["hoffer2017-ghost"] = [](Run& run, const TrainConfig& config) {
    end_with(run, config.batch_size == 128 ? 0.7 : config.norm == "batch" ? 0.8 : 0.75);
  };
  results["zhang2019-fixup"] = [](Run& run, const TrainConfig& config) {
    end_with(run, config.norm == "none" ? 0.5 : config.depth == 20 ? 0.6 : 0.3);
  };
  return results;
}

// Every run finds the same, whatever its settings.
void no_effect(Run& run, const TrainConfig&) {
  run.evaluations = {{500, 1, 0.95}};
  run.probes = {activity_probe(100, 1), landscape_probe({1, 1, 1, 1, 0.5})};
  run.probes.back().activity = run.probes.front().activity;
  run.probes.back().statistics_gap = {{"features.1", 0, 1, 1}};
  log_losses(run, 1.5);
  end_with_loss(run, 1.5);
}

std::string without_line_breaks(const std::string& text) {
  std::string result;
  for (const char c : text) {
    const bool space = std::isspace(static_cast<unsigned char>(c)) != 0;
    if (!space) result += c;
    if (space && !result.empty() && result.back() != ' ') result += ' ';
  }
  return result;
}

}  // namespace

TEST_CASE("experiments: there are ten, each told in full") {
  CHECK(keel::experiments().size() == 10);
  std::set<std::string> names;
  for (const Experiment& experiment : keel::experiments()) {
    INFO(experiment.name);
    names.insert(experiment.name);
    for (const std::string* text : {&experiment.paper, &experiment.claim, &experiment.figures,
                                    &experiment.protocol, &experiment.quick}) {
      CHECK(text->size() > 10);
    }
    CHECK_FALSE(keel::known_set(experiment.data).files.empty());
    CHECK(std::any_of(experiment.thresholds.begin(), experiment.thresholds.end(),
                      [](const keel::Threshold& threshold) { return threshold.in_quick; }));
    CHECK(&keel::experiment(experiment.name) == &experiment);
  }
  CHECK(names.size() == 10);
}

TEST_CASE("experiments: an unknown name is answered with the nearest") {
  CHECK_THROWS_WITH(keel::experiment("init-scales"),
                    ContainsSubstring("unknown reproduction 'init-scales'; did you mean "
                                      "'init-scale'?"));
}

TEST_CASE("experiments: every planned run is one that can be trained") {
  for (const Experiment& experiment : keel::experiments()) {
    for (const Budget budget : {Budget::kQuick, Budget::kFull}) {
      INFO(experiment.name << ", " << keel::budget_name(budget));
      const keel::CompareCommand command = experiment.plan({budget, 50'000});
      for (const keel::PlannedRun& run : keel::plan_runs(command)) {
        if (run.config.seed != 1) break;
        INFO(run.id);
        CHECK(run.config.epochs >= 1);
        const bool colour = experiment.data == "cifar10";
        const keel::ImageShape input =
            colour ? keel::ImageShape{32, 32, 3} : keel::ImageShape{28, 28, 1};
        CHECK_NOTHROW(
            keel::make_model(run.config.model, keel::model_options(run.config, input, 10), 1));
      }
    }
  }
}

TEST_CASE("experiments: the quick budget trains on fewer images than the full one") {
  for (const Experiment& experiment : keel::experiments()) {
    const auto images = [&](Budget budget) {
      std::int64_t sum = 0;
      for (const keel::PlannedRun& run : plan_runs(experiment.plan({budget, 50'000}))) {
        const std::int64_t limit = run.config.limit_train;
        sum += run.config.epochs * (limit > 0 ? limit : 50'000);
      }
      return sum;
    };
    INFO(experiment.name);
    CHECK(images(Budget::kQuick) < images(Budget::kFull));
  }
}

TEST_CASE("experiments: a smaller set is seen more often") {
  TrainConfig config;
  keel::train_on(config, {Budget::kFull, 50'000}, 20'000, 3);
  CHECK((config.limit_train == 20'000 && config.epochs == 3));
  keel::train_on(config, {Budget::kFull, 10'000}, 20'000, 3);
  CHECK((config.limit_train == 0 && config.epochs == 6));
  keel::train_on(config, {Budget::kFull, 50'000}, 50'000, 1);
  CHECK((config.limit_train == 0 && config.epochs == 1));
}

TEST_CASE("experiments: runs that show the claim reproduce it") {
  const auto results = results_as_claimed();
  for (const Experiment& experiment : keel::experiments()) {
    for (const Budget budget : {Budget::kQuick, Budget::kFull}) {
      const keel::Comparison comparison = made_up(experiment, budget, results.at(experiment.name));
      const auto checks = checks_of(experiment, budget, comparison);
      for (const keel::Check& check : checks) {
        INFO(experiment.name << ", " << keel::budget_name(budget) << ": " << check.name << ": "
                             << check.found);
        CHECK(check.holds == Holds::kYes);
      }
      CHECK(verdict_of(checks) == Verdict::kReproduced);
    }
  }
}

TEST_CASE("experiments: runs without any effect do not reproduce a claim") {
  for (const Experiment& experiment : keel::experiments()) {
    INFO(experiment.name);
    const auto checks =
        checks_of(experiment, Budget::kFull, made_up(experiment, Budget::kFull, no_effect));
    CHECK(verdict_of(checks) == Verdict::kNotReproduced);
  }
}

TEST_CASE("experiments: each threshold can fail") {
  for (const auto& [name, opposite] : results_against_the_claims()) {
    const Experiment& experiment = keel::experiment(name);
    const auto comparison = made_up(experiment, Budget::kFull, opposite);
    for (const keel::Check& check : checks_of(experiment, Budget::kFull, comparison)) {
      INFO(name << ": " << check.name << ": " << check.found);
      CHECK(check.holds == Holds::kNo);
    }
  }
}

TEST_CASE("experiments: where a seed lacks its runs nothing is decided") {
  const auto results = results_as_claimed();
  for (const Experiment& experiment : keel::experiments()) {
    keel::Comparison comparison = made_up(experiment, Budget::kQuick, results.at(experiment.name));
    for (Run& run : comparison.runs) {
      if (run.seed != 3) continue;
      run.status = keel::RunStatus::kInterrupted;
      run.epochs.clear();
      run.evaluations.clear();
      run.probes.clear();
      run.steps.clear();
    }
    for (const keel::Check& check : checks_of(experiment, Budget::kQuick, comparison)) {
      INFO(experiment.name << ": " << check.name << ": " << check.found);
      CHECK(check.holds == Holds::kUndecided);
      CHECK(check.found == "not told by 1 of 3 seeds");
    }
  }
}

TEST_CASE("experiments: a target that is never reached tells only a bound") {
  const Experiment& experiment = keel::experiment("ioffe2015-mnist");
  const auto steps_check = [&](std::int64_t none_steps, std::int64_t batch_steps) {
    const auto comparison =
        made_up(experiment, Budget::kQuick, [&](Run& run, const TrainConfig& config) {
          const std::int64_t steps = config.norm == "none" ? none_steps : batch_steps;
          if (steps > 0) run.evaluations = {{steps, 1, 0.9}};
          end_with(run, 0.5);
        });
    return check_threshold(experiment.thresholds.front(), comparison);
  };
  CHECK(steps_check(4000, 1000).holds == Holds::kYes);
  CHECK(steps_check(3900, 1000).holds == Holds::kNo);
  CHECK(steps_check(0, 1000).mean == Approx(10));  // at least: none had 10,000 steps
  CHECK(steps_check(0, 5000).holds == Holds::kUndecided);
  CHECK(steps_check(5000, 0).holds == Holds::kNo);
  CHECK(steps_check(0, 0).holds == Holds::kUndecided);
}

TEST_CASE("experiments: docs/reproductions.md tells each as the program does") {
  const auto path = std::filesystem::path(KEEL_SOURCE_DIR) / "docs" / "reproductions.md";
  const std::string page = without_line_breaks(keel::read_file(path));
  for (const Experiment& experiment : keel::experiments()) {
    CHECK_THAT(page, ContainsSubstring("## " + experiment.name));
    for (const std::string* text : {&experiment.paper, &experiment.claim, &experiment.figures,
                                    &experiment.protocol, &experiment.quick}) {
      CHECK_THAT(page, ContainsSubstring(*text));
    }
    for (const keel::Threshold& threshold : experiment.thresholds) {
      CHECK_THAT(page, ContainsSubstring("- " + threshold.name + ": " + expectation(threshold)));
    }
  }
}
