#include "apps/results/table.h"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/results/axes.h"
#include "apps/results/ranking.h"
#include "apps/results/statistics.h"
#include "apps/results/statistics_text.h"
#include "apps/text/display_width.h"
#include "apps/text/number_text.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

struct Column {
  std::string title;
  std::function<std::string(const Variant&)> cell;
  int importance;  // a narrow terminal does without the least important ones
};

constexpr int kNeeded = 9;

// "+20.00 (+7.58 to +32.42)"
std::string difference_text(const Variant& variant) {
  if (variant.is_baseline) return fixed_text(kNotMeasured, 2);
  const Summary& difference = variant.accuracy_difference;
  const std::string points = points_text(difference.mean);
  return has_spread(difference) ? fmt::format("{} ({})", points, points_interval_text(difference))
                                : points;
}

std::vector<Column> columns(const Comparison& comparison, const Axes& axes,
                            const std::vector<Variant>& variants,
                            const std::vector<Ranked>& ranking) {
  std::vector<Column> all;
  const auto add_axis = [&](std::size_t i) {
    const Axis& axis = axes.all[i];
    all.push_back(
        {axis.setting, [&axis, i](const Variant& v) { return axis.values[v.place[i]]; }, kNeeded});
  };
  add_axis(axes.main);
  for (const std::size_t axis : axes.others()) add_axis(axis);
  const auto add = [&all](std::string title, auto cell, int importance) {
    all.push_back({std::move(title), cell, importance});
  };
  add(
      "rank", [&ranking](const Variant& v) { return rank_text(ranking, v); }, kNeeded);
  add(
      "final accuracy", [](const Variant& v) { return accuracy_text(v.accuracy); }, kNeeded);
  const std::string against = "against " + axes.baseline;
  const bool compared = std::any_of(variants.begin(), variants.end(), [](const Variant& variant) {
    return !variant.is_baseline && variant.accuracy_difference.count > 0;
  });
  if (compared) add(against, difference_text, 5);
  if (has_areas(variants)) {
    add(
        "area", [](const Variant& v) { return fixed_text(v.area.mean, 3); }, 0);
  }
  add(
      "loss", [](const Variant& v) { return significant_text(v.loss.mean, 4); }, 3);
  if (comparison.target_accuracy) {
    add(
        fmt::format("steps to {:.4g} %", 100 * *comparison.target_accuracy),
        [](const Variant& v) { return steps_to_target_text(v.target); }, kNeeded);
    add(
        "seconds", [](const Variant& v) { return seconds_to_target_text(v.target); }, 4);
  }
  add(
      "images/s", [](const Variant& v) { return count_text(v.images_per_second.mean); }, 2);
  add(
      "× " + axes.baseline, [](const Variant& v) { return fixed_text(v.speed_ratio, 2); }, 1);
  add(
      "diverged",
      [](const Variant& v) { return fmt::format("{} of {}", v.diverged, v.runs.size()); }, kNeeded);
  return all;
}

std::string plain(std::string text) {
  const std::pair<std::string_view, std::string_view> spellings[] = {
      {"±", "+-"}, {"×", "x"}, {"–", "-"}, {"≈", "~"}, {"−", "-"}};
  for (const auto& [symbol, spelling] : spellings) {
    for (std::size_t at = 0; (at = text.find(symbol, at)) != std::string::npos;) {
      text.replace(at, symbol.size(), spelling);
    }
  }
  return text;
}

std::string table(const std::vector<Column>& columns, const std::vector<Variant>& variants,
                  bool unicode) {
  std::vector<TableRow> rows(1);
  for (const Column& column : columns) rows[0].push_back(column.title);
  for (const Variant& variant : variants) {
    TableRow& row = rows.emplace_back();
    for (const Column& column : columns) row.push_back(column.cell(variant));
  }
  if (!unicode) {
    for (TableRow& row : rows) std::transform(row.begin(), row.end(), row.begin(), plain);
  }
  return aligned(rows);
}

std::size_t width_of(const std::string& table) {
  return display_width(std::string_view(table).substr(0, table.find('\n')));
}

// The needed columns, and of the others the most important ones that have room beside them.
template <class WidthOf>
std::vector<Column> that_fit(const std::vector<Column>& all, std::size_t width, WidthOf width_of) {
  if (width == 0) return all;
  const auto with = [&all](const std::vector<bool>& chosen) {
    std::vector<Column> some;
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (chosen[i]) some.push_back(all[i]);
    }
    return some;
  };
  std::vector<bool> chosen(all.size());
  for (int importance = kNeeded; importance >= 0; --importance) {
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (all[i].importance != importance) continue;
      chosen[i] = true;
      if (importance < kNeeded && width_of(with(chosen)) > width) chosen[i] = false;
    }
  }
  return with(chosen);
}

// "all runs: lr 0.05, batch-size 16"
std::string shared_settings(const Axes& axes) {
  std::string text;
  for (std::size_t i = 0; i < axes.all.size(); ++i) {
    const Axis& axis = axes.all[i];
    if (i == axes.main || axis.values.size() != 1) continue;
    text += fmt::format("{} {} {}", text.empty() ? "all runs:" : ",", axis.setting, axis.values[0]);
  }
  return text.empty() ? "" : text + "\n";
}

}  // namespace

std::string compare_table(const Comparison& comparison, const TableOptions& options) {
  const Axes axes = axes_of(comparison);
  const std::vector<Variant> variants = summarize_variants(comparison);
  const std::vector<Ranked> ranking = rank(variants);
  const std::vector<Column> shown =
      that_fit(columns(comparison, axes, variants, ranking), options.width,
               [&](const auto& some) { return width_of(table(some, variants, options.unicode)); });
  std::string text = table(shown, variants, options.unicode);
  std::string notes;
  if (std::any_of(variants.begin(), variants.end(),
                  [](const Variant& variant) { return variant.accuracy.count > 1; })) {
    notes += "±: standard deviation over the seeds\n";
  }
  if (std::any_of(shown.begin(), shown.end(),
                  [](const Column& column) { return column.title.rfind("against ", 0) == 0; })) {
    notes += "against " + axes.baseline +
             ": percentage points, over the seeds that completed both, with the 95 % interval\n";
  }
  if (std::any_of(ranking.begin(), ranking.end(),
                  [](const Ranked& ranked) { return ranked.like_next; })) {
    notes += "rank ≈: chance may be all that parts it from the next\n";
  }
  if (std::any_of(ranking.begin(), ranking.end(),
                  [](const Ranked& ranked) { return ranked.variant->diverged > 0; })) {
    notes += "rank: diverged runs put a variant last, whatever the others reached\n";
  }
  text += options.unicode ? notes : plain(notes);
  text += shared_settings(axes);
  if (comparison.lr_note) text += *comparison.lr_note + "\n";
  for (const Variant& variant : variants) {
    for (const auto& [count, what] :
         {std::pair{variant.unfinished, "unfinished"}, std::pair{variant.failed, "failed"}}) {
      if (count == 0) continue;
      text += fmt::format("{}: {} of {} runs {}\n", variant.name, count, variant.runs.size(), what);
    }
  }
  return text;
}

}  // namespace keel
