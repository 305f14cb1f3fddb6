#include <algorithm>
#include <charconv>
#include <cmath>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/layers/norm.h>
#include <keel/layers/norm_spec.h>
#include <keel/layers/weight_rule.h>

namespace keel {
namespace {

template <class Table>
const NormDescription& description(const Table& table, std::string_view kind,
                                   const std::string& name) {
  const auto found = table.find(name);
  if (found == table.end()) {
    std::vector<std::string> names;
    for (const auto& entry : table) names.push_back(entry.first);
    throw Error(unknown_name(kind, name, names));
  }
  return found->second.about;
}

const NormDescription& norm_description(const std::string& name) {
  return description(norm_table(), "normalisation", name);
}
const NormDescription& rule_description(const std::string& name) {
  return description(weight_rule_table(), "modifier", name);
}

std::optional<double> number_of(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// Whether it fits an integer, exactly.
bool is_whole(double value) {
  return value == std::floor(value) && std::abs(value) <= 0x1p53;
}

bool holds(const NormOption::Range& range, double value) {
  return std::isfinite(value) && value >= range.low && value <= range.high &&
         !(range.excludes_low && value == range.low) && !(range.whole && !is_whole(value));
}

std::string expected_of(const NormOption& option) {
  std::string text;
  if (option.range) {
    const NormOption::Range& range = *option.range;
    text = fmt::format("a {}number {} {}", range.whole ? "whole " : "",
                       range.excludes_low ? "above" : "of at least", range.low);
    if (std::isfinite(range.high)) text += fmt::format(" and at most {}", range.high);
    if (!option.words.empty()) text += ", or ";
  }
  return text + fmt::format("{}", fmt::join(option.words, " or "));
}

std::string options_of(const NormDescription& about) {
  if (about.options.empty()) return "no options";
  std::vector<std::string> texts;
  for (const NormOption& option : about.options) {
    texts.push_back(fmt::format("{} ({}; {})", option.name, expected_of(option), option.standard));
  }
  return fmt::format("{}", fmt::join(texts, ", "));
}

// The value in one spelling: 1e-3 is 0.001.
std::string checked_value(const NormOption& option, std::string_view text) {
  if (std::find(option.words.begin(), option.words.end(), text) != option.words.end()) {
    return std::string(text);
  }
  const std::optional<double> value = option.range ? number_of(text) : std::nullopt;
  check(value && holds(*option.range, *value), "{} expects {}, got '{}'", option.name,
        expected_of(option), text);
  return fmt::format("{}", *value);
}

const NormOption* find_option(const NormDescription& about, std::string_view name) {
  const auto found = std::find_if(about.options.begin(), about.options.end(),
                                  [&](const NormOption& option) { return option.name == name; });
  return found == about.options.end() ? nullptr : &*found;
}

// Runs f; an error of it gains the place.
template <class F>
decltype(auto) located(std::string_view text, std::size_t where, const F& f) {
  try {
    return f();
  } catch (Error& error) {
    error.add_context(fmt::format("normalisation '{}', letter {}", text, where + 1));
    throw;
  }
}

// Takes the text apart and remembers where it is.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  NormSpec parse() {
    NormSpec spec;
    spec.norm = term(norm_description);
    while (at_ < text_.size()) {
      ++at_;  // the +
      const std::size_t begin = at_;
      spec.modifiers.push_back(term(rule_description));
      located(text_, begin, [&] { check_modifier(spec); });
    }
    return spec;
  }

 private:
  std::string_view piece() {
    const std::size_t begin = at_;
    at_ = std::min(text_.find_first_of(":+", at_), text_.size());
    return text_.substr(begin, at_ - begin);
  }

  template <class Describe>
  NormTerm term(const Describe& describe) {
    const std::size_t begin = at_;
    NormTerm result{std::string(piece())};
    const NormDescription& about =
        located(text_, begin, [&]() -> const NormDescription& { return describe(result.name); });
    for (bool first = true; at_ < text_.size() && text_[at_] == ':'; first = false) {
      ++at_;
      const std::size_t where = at_;
      const std::string_view given = piece();
      located(text_, where, [&] { add_option(result, about, given, first); });
    }
    return result;
  }

  static void add_option(NormTerm& term, const NormDescription& about, std::string_view given,
                         bool first) {
    const std::size_t equals = given.find('=');
    const bool named = equals != std::string_view::npos;
    check(named || (first && !about.options.empty()), "expected OPTION=VALUE, got '{}'; {} has {}",
          given, term.name, options_of(about));
    const std::string name(named ? given.substr(0, equals) : about.options.front().name);
    const NormOption* option = find_option(about, name);
    if (option == nullptr) {
      std::vector<std::string> names;
      for (const NormOption& known : about.options) names.push_back(known.name);
      throw Error(fmt::format("{} has no option '{}'{} It has {}", term.name, name,
                              did_you_mean(name, names), options_of(about)));
    }
    const std::string value = checked_value(*option, named ? given.substr(equals + 1) : given);
    check(term.options.emplace(name, value).second, "{} is there twice", name);
  }

  static void check_modifier(const NormSpec& spec) {
    const std::string& name = spec.modifiers.back().name;
    check(std::none_of(spec.modifiers.begin(), spec.modifiers.end() - 1,
                       [&](const NormTerm& other) { return other.name == name; }),
          "{} is there twice", name);
    check(norm_table().at(spec.norm.name).takes_modifiers,
          "{} chooses the initial weights itself and takes no modifiers", spec.norm.name);
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string term_text(const NormTerm& term, const NormDescription& about) {
  std::string text = term.name;
  for (const NormOption& option : about.options) {
    const auto found = term.options.find(option.name);
    if (found == term.options.end()) continue;
    const bool first = &option == &about.options.front();
    text += first ? fmt::format(":{}", found->second)
                  : fmt::format(":{}={}", option.name, found->second);
  }
  return text;
}

}  // namespace

NormSpec::NormSpec(std::string_view text) {
  *this = Parser(text).parse();
}

std::string to_text(const NormSpec& spec) {
  std::string text = term_text(spec.norm, norm_description(spec.norm.name));
  for (const NormTerm& modifier : spec.modifiers) {
    text += '+';
    text += term_text(modifier, rule_description(modifier.name));
  }
  return text;
}

std::string file_name_of(const NormSpec& spec) {
  std::string name = to_text(spec);
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == ':' || c == '='; }, '-');
  return name;
}

void set_default(NormSpec& spec, const std::string& option, const std::string& value) {
  const NormOption* known = find_option(norm_description(spec.norm.name), option);
  if (known != nullptr) spec.norm.options.emplace(option, checked_value(*known, value));
}

NormArguments::NormArguments(const NormTerm& term, const std::vector<NormOption>& options)
    : values_(term.options) {
  for (const NormOption& option : options) values_.emplace(option.name, option.standard);
}

const std::string& NormArguments::text(const std::string& option) const {
  const auto found = values_.find(option);
  check(found != values_.end(), "normalisation: there is no option '{}'", option);
  return found->second;
}

double NormArguments::number(const std::string& option) const {
  const std::optional<double> value = number_of(text(option));
  check(value.has_value(), "normalisation: {} is '{}', which is no number", option, text(option));
  return *value;
}

std::int64_t NormArguments::whole(const std::string& option) const {
  return static_cast<std::int64_t>(number(option));
}

}  // namespace keel
