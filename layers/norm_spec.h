#pragma once
// A normalisation as text: "group:8+ws". One grammar for flags, files, checkpoints and reports.
//
//   NAME[:VALUE][:OPTION=VALUE]...[+MODIFIER[:VALUE][:OPTION=VALUE]...]...
//
// VALUE alone is that of the first option: "group:8" is "group:groups=8". Names, options and
// defaults are those of norm_table() and weight_rule_table(); `keel norms` lists them.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

/// What may be set, and what it is otherwise: a number in a range, one of some words, or either.
struct NormOption {
  struct Range {
    double low, high;
    bool excludes_low = false, whole = false;
  };

  std::string name;
  std::string standard;  ///< the default
  std::string help;
  std::optional<Range> range{};
  std::vector<std::string> words{};
};

/// One name with the options that were given.
struct NormTerm {
  std::string name;
  std::map<std::string, std::string> options{};
  bool operator==(const NormTerm&) const = default;
};

/// A normalisation and what is done to the weights in front of it.
struct NormSpec {
  NormTerm norm{"none"};
  std::vector<NormTerm> modifiers{};

  NormSpec() = default;
  // Reads text. Throws Error that says where it goes wrong, what was expected and what is near.
  NormSpec(std::string_view text);  // NOLINT(google-explicit-constructor): {.norm = "group:8"}
  NormSpec(const char* text) : NormSpec(std::string_view(text)) {}         // NOLINT
  NormSpec(const std::string& text) : NormSpec(std::string_view(text)) {}  // NOLINT

  bool operator==(const NormSpec&) const = default;
};

/// The shortest text that reads as this spec: equal specs have equal texts.
std::string to_text(const NormSpec& spec);

/// The same text for a file's name: "group-8+ws".
std::string file_name_of(const NormSpec& spec);

/// Gives the normalisation an option, if it has it and the spec does not say. Throws Error where
/// the value will not do.
void set_default(NormSpec& spec, const std::string& option, const std::string& value);

/// The spec with every option that it does not give at its default: normalisations that are the
/// same have equal ones, however they were written.
NormSpec with_defaults(NormSpec spec);

/// A term's values, its defaults included, as factories read them. Each function throws Error when
/// the option is not one of the term's.
class NormArguments {
 public:
  NormArguments(const NormTerm& term, const std::vector<NormOption>& options);

  bool has(const std::string& option) const { return values_.contains(option); }
  double number(const std::string& option) const;
  std::int64_t whole(const std::string& option) const;
  bool is(const std::string& option, std::string_view word) const { return text(option) == word; }

 private:
  const std::string& text(const std::string& option) const;
  std::map<std::string, std::string> values_;
};

}  // namespace keel
