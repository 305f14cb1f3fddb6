#include "apps/report/method.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "apps/report/parts.h"
#include "apps/text/capitalized.h"
#include "apps/text/html.h"
#include "apps/text/number_text.h"

namespace keel {
namespace {

class MethodWriter {
 public:
  explicit MethodWriter(const Comparison& comparison) : comparison_(comparison) {}

  std::string html() {
    add_method();
    add_reproduction();
    return std::move(text_);
  }

 private:
  void definition(std::string_view term, const std::string& text) {
    text_ += fmt::format("<dt>{}</dt><dd>{}</dd>\n", html_escape(term), text);
  }

  void add_method() {
    text_ +=
        "<h2>Method and means to repeat it</h2>\n<details><summary>How the numbers came about"
        "</summary><div><dl class=\"method\">\n";
    definition("Final accuracy and loss",
               "Those of the last epoch on the test images, never the best epoch's. Only runs that "
               "completed count; diverged runs are counted in a column of their own.");
    definition(
        "± and interval",
        "± is the sample deviation over the seeds (divisor n − 1). The 95 % interval of a "
        "mean is ± t(0.975, n − 1) · deviation / √n, with Student's t; one seed has none. It "
        "takes the seeds' results for normally distributed.");
    definition("Rank",
               "By mean final accuracy, each value of the first column at its own best setting of "
               "the others; those with diverged runs behind those without. “≈” stands where the "
               "95 % interval of the paired difference to the next one includes zero, or fewer "
               "than two seeds completed both.");
    definition("Area under the curve",
               "Of the test accuracy over the steps, by the trapezoid rule from the first to the "
               "last measurement, divided by the steps between them: 1 is perfect from the first "
               "one on. The mean over the seeds that completed.");
    definition("Against the baseline",
               "The mean over seeds of the difference to the baseline’s run with the same other "
               "settings and seed, in percentage points, with its 95 % interval. The sentences at "
               "the top compare each variant at its own best setting, chosen by the same test "
               "accuracy: with many settings, that favours the luckier ones. Intervals are not "
               "corrected for the number of comparisons.");
    definition(
        "Steps and seconds to the target",
        "Where the test accuracy, measured after each epoch and with --eval-every also within "
        "epochs, first reaches the target, interpolated linearly in between. Each "
        "measurement but the first and the last counts as the median of itself and its two "
        "neighbours, so that one lucky evaluation is no crossing. Interpolated, too, are the "
        "seconds of a measurement within an epoch. Seconds are training alone, without "
        "evaluation. A run that never gets there is counted as not reached, and a mean is "
        "shown only when every run got there.");
    definition("Images/s",
               "The median over a run's epochs, averaged over runs, below it their deviation; “×” "
               "divides it by that of the baseline’s runs with the same other settings. Runs that "
               "train at the same time, and whatever else the machine did, slow each other down: "
               "keel bench measures speed.");
    definition("Tensor memory",
               "The most that a run’s tensors took at a time: parameters, activations, gradients, "
               "optimiser and evaluation; of the seeds the largest.");
    definition("Diverged",
               "A run whose loss was not finite, in training or in evaluation; it stopped there.");
    text_ += "</dl></div></details>\n";
  }

  // Each word in a span, in which no line breaks: a browser would break "--lr" behind its hyphens.
  void command(const std::string& line) {
    text_ += "<div class=\"command\"><code>";
    for (std::size_t begin = 0; begin < line.size();) {
      const std::size_t end = std::min(line.find(' ', begin), line.size());
      text_ += fmt::format("{}<span>{}</span>", begin == 0 ? "" : " ",
                           html_escape(line.substr(begin, end - begin)));
      begin = end + 1;
    }
    text_ += "</code><button type=\"button\">Copy</button></div>\n";
  }

  void add_reproduction() {
    text_ += "<details><summary>Commands</summary><div>\n<h3>The comparison</h3>\n";
    command(comparison_.command);
    text_ += "<h3>Each run</h3>\n";
    for (const Run& run : comparison_.runs) {
      text_ += fmt::format("<p class=\"state\">{}: {}{}</p>", html_escape(run.id),
                           run_status_name(run.status), circumstances(run));
      command(run.command);
    }
    text_ += "</div></details>\n<details><summary>Environment and data</summary><div><dl>\n";
    definition("Keel", html_escape(comparison_.keel_version));
    definition("Model", html_escape(comparison_.model) + parameters());
    definition(
        "Data",
        html_escape(comparison_.dataset) +
            (comparison_.dataset_note.empty() ? "" : ": " + html_escape(comparison_.dataset_note)));
    definition("Created", html_escape(comparison_.created));
    for (const auto& [key, value] : comparison_.environment.items()) {
      definition(environment_name(key), environment_value(key, value));
    }
    text_ += "</dl></div></details>\n";
  }

  // "logical_cpus" -> "Logical CPUs"
  static std::string environment_name(const std::string& key) {
    static const std::map<std::string, std::string> kNames = {{"build_type", "Build"},
                                                              {"cpu", "CPU"},
                                                              {"logical_cpus", "Logical CPUs"},
                                                              {"memory_bytes", "Memory"},
                                                              {"isa", "ISA"},
                                                              {"blas_core", "BLAS core"},
                                                              {"os", "System"}};
    const auto known = kNames.find(key);
    if (known != kNames.end()) return known->second;
    std::string name = key;
    std::replace(name.begin(), name.end(), '_', ' ');
    return capitalized(std::move(name));
  }

  static std::string environment_value(const std::string& key,
                                       const nlohmann::ordered_json& value) {
    if (key == "memory_bytes" && value.is_number_integer()) {
      return bytes_text(value.get<std::int64_t>());
    }
    return html_escape(value.is_string() ? value.get<std::string>() : value.dump());
  }

  static std::string circumstances(const Run& run) {
    if (run.failure) return ": " + html_escape(*run.failure);
    if (!run.diverged) return "";
    return fmt::format(" at step {} in {}", count_text(static_cast<double>(run.diverged->step)),
                       html_escape(run.diverged->layer));
  }

  // Normalisations differ in their parameters, so this is a range.
  std::string parameters() const {
    if (comparison_.runs.empty()) return "";
    const auto [fewest, most] =
        std::minmax_element(comparison_.runs.begin(), comparison_.runs.end(),
                            [](const Run& a, const Run& b) { return a.parameters < b.parameters; });
    const std::string low = count_text(static_cast<double>(fewest->parameters));
    const std::string high = count_text(static_cast<double>(most->parameters));
    return fmt::format(", {} parameters", low == high ? low : low + " to " + high);
  }

  const Comparison& comparison_;
  std::string text_;
};

}  // namespace

std::string method_html(const Comparison& comparison) {
  return MethodWriter(comparison).html();
}

}  // namespace keel
