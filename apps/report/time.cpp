#include "apps/report/time.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "apps/report/parts.h"
#include "apps/report/sortable.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

using Milliseconds = std::map<std::string, double>;  // by op

// The first probe of a run counts only where it is all that there is.
std::map<std::string, std::vector<double>> samples_of(const Variant& variant) {
  std::map<std::string, std::vector<double>> samples;
  for (const Run* run : variant.runs) {
    const std::size_t first = run->probes.size() > 1 ? 1 : 0;
    for (std::size_t i = first; i < run->probes.size(); ++i) {
      for (const OpTime& time : run->probes[i].time) samples[time.op].push_back(time.milliseconds);
    }
  }
  return samples;
}

double sum_of(const Milliseconds& times) {
  double sum = 0;
  for (const auto& [op, milliseconds] : times) sum += milliseconds;
  return sum;
}

// bench/norms has the same rule.
bool may_be_normalisation(std::string_view op) {
  constexpr std::string_view kBackward = " backward";
  // A max pool is in some norms' pass, so that it counts with all of them; not, where there is no
  // norm, one in the pass of a convolution of few channels.
  constexpr std::string_view kOthers[] = {"conv2d",        "conv2d_max_pool2d", "linear",
                                          "avg_pool2d",    "global_avg_pool2d", "subsample_pad",
                                          "cross_entropy", "optimizer"};
  if (op.ends_with(kBackward)) op.remove_suffix(kBackward.size());
  return std::find(std::begin(kOthers), std::end(kOthers), op) == std::end(kOthers);
}

double normalisation_of(const Milliseconds& times) {
  double sum = 0;
  for (const auto& [op, milliseconds] : times) {
    if (may_be_normalisation(op)) sum += milliseconds;
  }
  return sum;
}

class TimeTable {
 public:
  explicit TimeTable(const ReportInput& input) : input_(input) {
    for (const Variant& variant : input.variants) {
      Milliseconds times = step_times(variant);
      if (times.empty()) continue;
      columns_.push_back({&variant, std::move(times), normalisation_share(input, variant)});
    }
  }

  std::string html() const {
    if (columns_.empty()) return "";
    std::string heads = sortable_head("op", SortOrder::kAscending);
    for (const Column& column : columns_) {
      heads += sortable_head(swatch(input_.axes, column.variant->place[input_.axes.main]) +
                                 html_escape(column.variant->name),
                             SortOrder::kDescending);
    }
    std::string text = open_table("Time of a step by op", heads);
    if (std::any_of(columns_.begin(), columns_.end(),
                    [](const Column& column) { return !std::isnan(column.share); })) {
      text += row("normalisation alone: the next row less that without one",
                  [](const Column& column) { return column.share * sum_of(column.times); });
    }
    text += row("normalisation, activation, max pools and sums, together",
                [](const Column& column) { return normalisation_of(column.times); });
    for (const std::string& op : ops()) {
      text += row(html_escape(op), [&op](const Column& column) {
        const auto found = column.times.find(op);
        return found == column.times.end() ? kNotMeasured : found->second;
      });
    }
    return text + close_table();
  }

 private:
  struct Column {
    const Variant* variant;
    Milliseconds times;
    double share;  // normalisation_share
  };

  // The costliest of any variant first.
  std::vector<std::string> ops() const {
    Milliseconds most;
    for (const Column& column : columns_) {
      for (const auto& [op, milliseconds] : column.times) {
        most[op] = std::max(most[op], milliseconds);
      }
    }
    std::vector<std::string> names;
    for (const auto& [op, milliseconds] : most) names.push_back(op);
    std::stable_sort(
        names.begin(), names.end(),
        [&most](const std::string& a, const std::string& b) { return most[a] > most[b]; });
    return names;
  }

  template <class Value>
  std::string row(const std::string& name, Value value) const {
    std::string text = fmt::format("<tr><th scope=\"row\">{}</th>", name);
    for (const Column& column : columns_) {
      const double milliseconds = value(column);
      text +=
          std::isnan(milliseconds)
              ? sortable_cell(kNothingText, milliseconds)
              : sortable_cell(fmt::format("{:.3g} ms", milliseconds), milliseconds,
                              fmt::format("{:.0f} %", 100 * milliseconds / sum_of(column.times)));
    }
    return text + "</tr>\n";
  }

  const ReportInput& input_;
  std::vector<Column> columns_;
};

}  // namespace

std::map<std::string, double> step_times(const Variant& variant) {
  Milliseconds medians;
  for (auto& [op, samples] : samples_of(variant)) medians[op] = median(samples);
  return medians;
}

double normalisation_share(const ReportInput& input, const Variant& variant) {
  const std::vector<Axis>& axes = input.axes.all;
  const auto norm = std::find_if(axes.begin(), axes.end(),
                                 [](const Axis& axis) { return axis.setting == "norm"; });
  if (norm == axes.end()) return kNotMeasured;
  const auto none = std::find(norm->values.begin(), norm->values.end(), "none");
  if (none == norm->values.end()) return kNotMeasured;
  Place place = variant.place;
  place[static_cast<std::size_t>(norm - axes.begin())] =
      static_cast<std::size_t>(none - norm->values.begin());
  const Variant* without = input.at(place);
  if (without == nullptr || without == &variant) return kNotMeasured;
  const Milliseconds here = step_times(variant), there = step_times(*without);
  if (here.empty() || there.empty()) return kNotMeasured;
  return (normalisation_of(here) - normalisation_of(there)) / sum_of(here);
}

std::string time_table_html(const ReportInput& input) {
  return TimeTable(input).html();
}

}  // namespace keel
