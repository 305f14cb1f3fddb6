#include "apps/config_file.h"

#include <algorithm>
#include <cctype>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/nearest.h>

#include "apps/config_fields.h"

namespace keel {
namespace {

constexpr bool kKeepUnicode = false;

std::string quoted(const std::string& text) {
  using nlohmann::json;
  return json(text).dump(-1, ' ', kKeepUnicode, json::error_handler_t::replace);
}

class TomlWriter {
 public:
  void section(std::string_view title) { text += fmt::format("\n# {}\n", title); }

  template <class T, class Rule>
  void operator()(std::string_view name, const T& value, const Rule& rule, std::string_view help) {
    std::string literal;
    if constexpr (std::is_same_v<T, std::string>) {
      literal = quoted(value);
    } else {
      literal = fmt::format("{}", value);
    }
    text +=
        fmt::format("{:<32} # {}\n", fmt::format("{} = {}", name, literal), explained(help, rule));
  }

  std::string text = "# Settings of a training run. To repeat it: keel train --config FILE\n";
};

struct Entry {
  std::string text;  // without its quotes
  bool in_quotes;
  int line;
};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == std::string_view::npos) return "";
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

bool is_name(std::string_view text) {
  const auto is_letter = [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_'; };
  return !text.empty() && std::all_of(text.begin(), text.end(), is_letter);
}

// The place behind the closing quote of the text in quotes that `value` begins with.
std::size_t end_of_quotes(std::string_view value) {
  const char quote = value.front();
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == quote) return i + 1;
    if (value[i] == '\\' && quote == '"') ++i;
  }
  throw Error("a quote that nothing closes", ErrorKind::kData);
}

std::string without_quotes(std::string_view literal) {
  if (literal.front() == '\'') return std::string(literal.substr(1, literal.size() - 2));
  // What a JSON string may hold, a TOML one may too.
  const auto text = nlohmann::json::parse(literal, nullptr, false);
  check_data(text.is_string(), "text in quotes with an unknown escape or a wrong character");
  return text.get<std::string>();
}

std::pair<std::string, Entry> parse_line(std::string_view text, int line) {
  const std::size_t equals = text.find('=');
  check_data(equals != std::string_view::npos, "expected a line of the form NAME = VALUE");
  const std::string_view name = trimmed(text.substr(0, equals));
  const std::string_view value = trimmed(text.substr(equals + 1));

  const bool in_quotes = !value.empty() && (value.front() == '"' || value.front() == '\'');
  const std::size_t end =
      in_quotes ? end_of_quotes(value) : std::min(value.find('#'), value.size());
  const std::string_view literal = trimmed(value.substr(0, end)), rest = trimmed(value.substr(end));
  check_data(is_name(name) && !literal.empty() && (rest.empty() || rest.front() == '#'),
             "expected a line of the form NAME = VALUE");
  return {std::string(name),
          {in_quotes ? without_quotes(literal) : std::string(literal), in_quotes, line}};
}

// The part of TOML that settings need: a name and a value a line, and comments.
class TomlReader {
 public:
  TomlReader(std::string_view text, std::string file) : file_(std::move(file)) {
    for (int line = 1; !text.empty(); ++line) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      read_line(trimmed(text.substr(0, end)), line);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
  }

  void section(std::string_view) const {}

  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) {
    known_.emplace_back(name);
    const auto found = entries_.find(name);
    if (found == entries_.end()) return;
    const Entry& entry = found->second;
    located(entry.line, [&] {
      constexpr bool kText = std::is_same_v<T, std::string>;
      constexpr bool kNumberOrText = std::is_same_v<Rule, RangeOrWord>;
      check_data(entry.in_quotes == kText || kNumberOrText, "{}: expected {}", name,
                 kText ? "text in quotes" : "a value without quotes");
      read_setting(name, entry.text, value, rule);
    });
  }

  /// To be called at the end, when all names are known.
  void expect_no_other_names() const {
    for (const auto& [name, entry] : entries_) {
      check_data(std::find(known_.begin(), known_.end(), name) != known_.end(),
                 "{}:{}: unknown setting '{}'{}", file_, entry.line, name,
                 did_you_mean(name, known_));
    }
  }

 private:
  void read_line(std::string_view text, int line) {
    if (text.empty() || text.front() == '#') return;
    located(line, [&] {
      const auto [place, is_new] = entries_.insert(parse_line(text, line));
      check_data(is_new, "{} is in line {} already", place->first, place->second.line);
    });
  }

  // What goes wrong in `f` is a fault of the file, in this line.
  template <class F>
  void located(int line, const F& f) const {
    try {
      f();
    } catch (const Error& error) {
      throw Error(fmt::format("{}:{}: {}", file_, line, error.what()), ErrorKind::kData);
    }
  }

  const std::string file_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::vector<std::string> known_;
};

}  // namespace

std::string to_toml(const TrainConfig& config) {
  TomlWriter writer;
  visit_fields(config, writer);
  return writer.text;
}

void apply_config_file(TrainConfig& config, const std::filesystem::path& path) {
  constexpr std::uint64_t kMaxBytes = 1 << 20;
  const std::string text = read_file(path, kMaxBytes);
  TomlReader reader(text, path.string());
  TrainConfig result = config;
  visit_fields(result, reader);
  reader.expect_no_other_names();
  config = result;
}

}  // namespace keel
