#include "apps/norms.h"

#include <algorithm>
#include <iostream>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <keel/core/nearest.h>
#include <keel/layers/norm.h>
#include <keel/layers/weight_rule.h>

#include "apps/exit_code.h"
#include "apps/norm_check.h"
#include "apps/text/text_table.h"

namespace keel {
namespace {

constexpr std::size_t kColumn = 20, kWidth = 80;

// A normalisation or, with "+" before its name, a modifier.
struct Named {
  std::string name;
  const NormDescription* about;
  const NormEntry* norm = nullptr;  // null: a modifier
};

// In the order in which the page tells of them; a family that a program adds comes last.
std::vector<Named> all_named() {
  static const std::vector<std::string> kFamilies = {
      "Without normalisation",  "Statistics of the batch",   "Statistics of one sample",
      "Mixtures of statistics", "With their own activation", "Rules for the weights"};
  std::vector<Named> all;
  for (const auto& [name, entry] : norm_table()) all.push_back({name, &entry.about, &entry});
  for (const auto& [name, entry] : weight_rule_table()) all.push_back({"+" + name, &entry.about});
  const auto rank = [](const Named& named) {
    return std::find(kFamilies.begin(), kFamilies.end(), named.about->family);
  };
  std::stable_sort(all.begin(), all.end(),
                   [&](const Named& a, const Named& b) { return rank(a) < rank(b); });
  return all;
}

std::string values_of(const NormOption& option) {
  std::vector<std::string> values;
  if (option.range) values.push_back(option.range->whole ? "N" : "X");
  values.insert(values.end(), option.words.begin(), option.words.end());
  return fmt::format("{}", fmt::join(values, "|"));
}

// "group[:groups=N][:eps=X]"
std::string usage(const Named& named) {
  std::string text = named.name;
  for (const NormOption& option : named.about->options) {
    const bool first = &option == &named.about->options.front();
    text += first ? fmt::format("[:{}]", values_of(option))
                  : fmt::format("[:{}={}]", option.name, values_of(option));
  }
  return text;
}

using Fact = std::pair<std::string, std::string>;

std::vector<Fact> facts(const Named& named) {
  const NormDescription& about = *named.about;
  std::vector<Fact> all = {{"Reduces over", about.reduces_over},
                           {"Training", about.training},
                           {"Evaluation", about.evaluation}};
  if (named.norm != nullptr) {
    all.emplace_back("The layer in front",
                     named.norm->keeps_bias ? "keeps its bias" : "has no bias");
    if (named.norm->activation) all.emplace_back("The activation", "is replaced by its own");
    if (!named.norm->takes_modifiers) all.emplace_back("Modifiers", "none");
    if (named.norm->needs_pixels) all.emplace_back("Models", "convolutional ones only");
  }
  all.emplace_back("Computed", about.computed);
  all.emplace_back("Use", about.use);
  all.emplace_back("Paper", about.paper);
  std::erase_if(all, [](const Fact& fact) { return fact.second.empty(); });
  return all;
}

std::string markdown_of(const Named& named) {
  std::string text = fmt::format("### `{}`: {}\n\n    {}\n\n", named.name, named.about->summary,
                                 named.about->equation);
  for (const auto& [what, value] : facts(named)) text += fmt::format("- {}: {}\n", what, value);
  if (named.about->options.empty()) return text + "\n";
  text += fmt::format("\n`{}`\n\n| option | default | |\n| --- | --- | --- |\n", usage(named));
  for (const NormOption& option : named.about->options) {
    text += fmt::format("| `{}` | {} | {} |\n", option.name, option.standard,
                        markdown_text(option.help));
  }
  return text + "\n";
}

std::string details_of(const Named& named) {
  std::string text =
      fmt::format("{}: {}\n\n  {}\n\n", named.name, named.about->summary, named.about->equation);
  for (const auto& [what, value] : facts(named)) text += two_columns(what, value, kColumn, kWidth);
  if (named.about->options.empty()) return text;
  text += fmt::format("\n{}\n", usage(named));
  for (const NormOption& option : named.about->options) {
    text += two_columns("  " + option.name, fmt::format("{} [{}]", option.help, option.standard),
                        kColumn, kWidth);
  }
  return text;
}

// Of a normalisation or modifier with its options, or of all.
std::vector<NormSpec> specs_of(const std::string& name) {
  const auto spec = [](const std::string& text) {
    const bool modifier = text.starts_with('+') || weight_rule_table().contains(text);
    return NormSpec(!modifier ? text : text.starts_with('+') ? "none" + text : "none+" + text);
  };
  if (!name.empty()) return {spec(name)};
  std::vector<NormSpec> specs;
  for (const Named& named : all_named()) specs.push_back(spec(named.name));
  return specs;
}

}  // namespace

std::string norm_list() {
  std::string text, family;
  for (const Named& named : all_named()) {
    if (named.about->family != family) {
      family = named.about->family;
      text += fmt::format("{}{}\n", text.empty() ? "" : "\n", family);
    }
    text += two_columns("  " + named.name, named.about->summary, kColumn, kWidth);
  }
  return text +
         "\nNAME[:VALUE][:OPTION=VALUE]...[+MODIFIER]...: group:8, batch:momentum=none, group+ws.\n"
         "keel norms NAME tells more of one.\n";
}

std::string norm_details(const std::string& text) {
  const NormSpec spec = specs_of(text).front();
  std::vector<std::string> names;
  if (spec.norm.name != "none" || spec.modifiers.empty()) names.push_back(spec.norm.name);
  for (const NormTerm& modifier : spec.modifiers)
    names.push_back(fmt::format("+{}", modifier.name));
  std::string details;
  for (const Named& named : all_named()) {
    if (std::find(names.begin(), names.end(), named.name) == names.end()) continue;
    if (!details.empty()) details += '\n';
    details += details_of(named);
  }
  return details;
}

std::string norm_page() {
  std::string text =
      "# Normalisations\n\n"
      "Written by `keel norms --markdown` from the tables that the program reads: change them, not "
      "this page.\n\n"
      "    NAME[:VALUE][:OPTION=VALUE]...[+MODIFIER[:VALUE][:OPTION=VALUE]...]...\n\n"
      "is what `--norm` and `--norms` take, what runs and reports are named by, and what a "
      "checkpoint keeps. A VALUE alone is that of the first option: `group:8` is `group:groups=8`. "
      "`--groups`, `--norm-eps`, `--norm-momentum` and `--weight-standardization` set what the "
      "text leaves open. Modifiers act on the weights of the layer in front of each normalisation, "
      "in the order in which they stand. x is [N, H, W, C]; gamma and beta are one each per "
      "channel, 1 and 0 at first, unless said otherwise; variances are biased (divided by n). "
      "Statistics are float64, so that inputs of 1e20 do no harm (those of l1 and linf, which "
      "square nothing, are of x's own type); running variances are kept in float32, as in "
      "PyTorch's files: they are infinite from deviations of 1.8e19 on, and what they normalise is "
      "then beta. A model's own activation stays where no normalisation stands, as in the "
      "classifiers of lenet5 and vgg-small. What a normalisation learns is not decayed, unless "
      "`--decay-norm` says so; the weights that a rule acts on are. Shares of time are of what a "
      "normalisation adds to a training step of resnet20 (batches of 128, one thread; "
      "[performance.md](performance.md) has the sums).\n";
  std::string family;
  for (const Named& named : all_named()) {
    if (named.about->family != family) {
      family = named.about->family;
      text += fmt::format("\n## {}\n\n", family);
    }
    text += markdown_of(named);
  }
  text.pop_back();
  return text;
}

int run_norms(const NormsCommand& command) {
  if (command.check) return check_norms(specs_of(command.name));
  if (command.markdown) {
    std::cout << norm_page();
  } else {
    std::cout << (command.name.empty() ? norm_list() : norm_details(command.name));
  }
  return kExitDone;
}

}  // namespace keel
