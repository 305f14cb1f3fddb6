#include "apps/results/ranking.h"

#include "tests/apps/sample_comparison.h"
#include "tests/support/test.h"

using keel::Comparison;
using keel::testing::diverged_run;
using keel::testing::sample_run;
using keel::testing::set;

namespace {

// "batch 1, none 2≈, ..." in the order of the variants.
std::string ranks(const Comparison& comparison) {
  const std::vector<keel::Variant> variants = keel::summarize_variants(comparison);
  const std::vector<keel::Ranked> ranking = keel::rank(variants);
  std::string text;
  for (const keel::Variant& variant : variants) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", variant.name,
                        keel::rank_text(ranking, variant));
  }
  return text;
}

}  // namespace

TEST_CASE("variants are ranked by mean accuracy, and near ones are marked") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}),   sample_run("none", 2, {0.51}),
                     sample_run("batch", 1, {0.9}),  sample_run("batch", 2, {0.91}),
                     sample_run("group", 1, {0.91}), sample_run("group", 2, {0.89})};
  // batch - group: -1 and +2 points; group - none: 41 and 38, +-19 around 39.5.
  CHECK(ranks(comparison) == "none 3, batch 1≈, group 2");
}

TEST_CASE("each value is ranked at its best place, one without results not at all") {
  Comparison comparison = keel::testing::empty_comparison();
  for (const char* lr : {"0.1", "1"}) {
    for (const std::uint64_t seed : {1u, 2u}) {
      const double worse = lr == std::string("1") ? 0.2 : 0;
      for (keel::Run run :
           {sample_run("none", seed, {0.8 - worse}), sample_run("batch", seed, {0.6 + worse}),
            diverged_run("layer", seed)}) {
        set(run, "lr", lr);
        comparison.runs.push_back(run);
      }
    }
  }
  CHECK(ranks(comparison) ==
        "none (lr 0.1) 1≈, batch (lr 0.1) , layer (lr 0.1) , none (lr 1) , batch (lr 1) 2, "
        "layer (lr 1) ");
}

TEST_CASE("what diverged ranks last for that, which no accuracy can be told by") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.5}),  sample_run("none", 2, {0.51}),
                     sample_run("batch", 1, {0.9}), sample_run("batch", 2, {0.92}),
                     diverged_run("batch", 3),      sample_run("layer", 1, {0.4}),
                     sample_run("layer", 2, {0.45})};
  CHECK(ranks(comparison) == "none 1≈, batch 3, layer 2");
}

TEST_CASE("seeds that all differ by the same show no spread to judge it by") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.8}), sample_run("batch", 1, {0.81}),
                     sample_run("none", 2, {0.7}), sample_run("batch", 2, {0.71})};
  const std::vector<keel::Variant> variants = keel::summarize_variants(comparison);
  CHECK(keel::may_be_chance(variants[0], variants[1]));
  CHECK_FALSE(keel::has_spread(keel::paired_difference(variants[1], variants[0])));
}

TEST_CASE("chance cannot be excluded by one seed, nor by none in common") {
  Comparison comparison = keel::testing::empty_comparison();
  comparison.runs = {sample_run("none", 1, {0.1}), sample_run("batch", 1, {0.9})};
  std::vector<keel::Variant> variants = keel::summarize_variants(comparison);
  CHECK(keel::may_be_chance(variants[0], variants[1]));
  comparison.runs.push_back(sample_run("none", 2, {0.11}));
  comparison.runs.push_back(sample_run("batch", 2, {0.92}));
  variants = keel::summarize_variants(comparison);
  CHECK(keel::is_ahead(variants[1], variants[0]));
  CHECK_FALSE(keel::is_ahead(variants[0], variants[1]));
  CHECK_FALSE(keel::may_be_chance(variants[0], variants[1]));
  CHECK_FALSE(keel::may_be_chance(variants[1], variants[0]));
}
