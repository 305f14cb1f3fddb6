#include <algorithm>
#include <cctype>
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

// What a name means that other programs or a wrong place give it: "bn", "GroupNorm", "ws",
// "frozen". Empty: nothing that is known.
std::string meant_by(std::string name) {
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  static const std::map<std::string, std::string> kShort = {
      {"bn", "batch"},  {"gn", "group"}, {"ln", "layer"}, {"in", "instance"},
      {"gbn", "ghost"}, {"no", "none"},  {"off", "none"}};
  if (const auto found = kShort.find(name); found != kShort.end()) return found->second;
  if (weight_rule_table().contains(name)) return fmt::format("none+{}' or 'batch+{}", name, name);
  if (const std::size_t norm = name.find("norm"); norm != std::string::npos && norm > 0) {
    const std::size_t end = name.find_last_not_of("_- ", norm - 1);
    std::string stem = name.substr(0, end == std::string::npos ? 0 : end + 1);
    if (norm_table().contains(stem)) return stem;
  }
  for (const auto& [norm, entry] : norm_table()) {
    for (const NormOption& option : entry.about.options) {
      const bool word =
          std::find(option.words.begin(), option.words.end(), name) != option.words.end();
      const bool says_much = option.words.size() > 2;  // yes and no are words of many
      if (word && says_much) return fmt::format("{}:{}={}", norm, option.name, name);
    }
  }
  return "";
}

const NormDescription& norm_description(const std::string& name) {
  const auto found = norm_table().find(name);
  if (found != norm_table().end()) return found->second.about;
  const std::string meant = meant_by(name);
  const std::vector<std::string> names = keys_of(norm_table());
  if (meant.empty()) throw Error(unknown_name("normalisation", name, names));
  throw Error(fmt::format("unknown normalisation '{}'; did you mean '{}'? Known: {}", name, meant,
                          fmt::join(names, ", ")));
}

const NormDescription& rule_description(const std::string& name) {
  const auto found = weight_rule_table().find(name);
  if (found != weight_rule_table().end()) return found->second.about;
  throw Error(unknown_name("modifier", name, keys_of(weight_rule_table())));
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

// "; did you mean ...?" for a name that is no option, but may be near one or a value of one.
std::string near_option(const NormDescription& about, const std::string& name) {
  std::vector<std::string> names;
  for (const NormOption& option : about.options) {
    names.push_back(option.name);
    if (std::find(option.words.begin(), option.words.end(), name) != option.words.end()) {
      return fmt::format("; did you mean '{}={}'?", option.name, name);
    }
  }
  return did_you_mean(name, names);
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
      throw Error(fmt::format("{} has no option '{}'{} It has {}", term.name, name,
                              near_option(about, name), options_of(about)));
    }
    if (const NormOption* bare = find_option(about, given); bare != nullptr) {
      throw Error(fmt::format("{0} expects a value: {0}=X, X {1}", given, expected_of(*bare)));
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

NormSpec with_defaults(NormSpec spec) {
  const auto fill = [](NormTerm& term, const NormDescription& about) {
    for (const NormOption& option : about.options) {
      term.options.emplace(option.name, option.standard);
    }
  };
  fill(spec.norm, norm_description(spec.norm.name));
  for (NormTerm& modifier : spec.modifiers) fill(modifier, rule_description(modifier.name));
  return spec;
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
