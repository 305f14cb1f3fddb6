#include "apps/train/config_changes.h"

#include <string>
#include <type_traits>
#include <vector>

#include <wordexp.h>

#include "apps/options/options.h"
#include "apps/text/shell.h"
#include "apps/train/config_fields.h"
#include "apps/train/config_file.h"
#include "tests/support/test.h"

using keel::TrainConfig;

namespace {

// What a shell makes of the line.
std::vector<std::string> shell_words(const std::string& line) {
  wordexp_t words{};
  REQUIRE(::wordexp(line.c_str(), &words, WRDE_NOCMD) == 0);
  std::vector<std::string> result(words.we_wordv, words.we_wordv + words.we_wordc);
  ::wordfree(&words);
  return result;
}

// The settings that the line sets, without the "keel" it begins with.
TrainConfig parsed(const std::string& line) {
  const std::vector<std::string> words = shell_words(line);
  REQUIRE(words.at(0) == "keel");
  return std::get<keel::TrainCommand>(keel::parse_command_line({words.begin() + 1, words.end()}))
      .config;
}

// Gives every setting a value that is allowed and not its default.
struct Changer {
  void section(std::string_view) {}
  template <class T, class Rule>
  void operator()(std::string_view, T& value, const Rule& rule, std::string_view) {
    if constexpr (std::is_same_v<Rule, keel::Switch>) {
      value = !value;
    } else if constexpr (std::is_same_v<Rule, keel::FreeText>) {
      value = "it's \"mine\" & $HOME/*\\";
    } else if constexpr (std::is_same_v<Rule, keel::Name>) {
      value = rule.known.back() == value ? rule.known.front() : rule.known.back();
    } else if constexpr (std::is_same_v<Rule, keel::RangeOrWord>) {
      value = rule.word;
    } else if constexpr (std::is_same_v<Rule, keel::NormName>) {
      value = "group:8:eps=0.001+ws";
    } else {
      value = std::is_integral_v<T> ? static_cast<T>(value + 3) : static_cast<T>(0.1 + 0.2);
    }
  }
};

}  // namespace

TEST_CASE("config changes: the command of a run without changes is the shortest") {
  CHECK(keel::train_command_line({}) == "keel train");
}

TEST_CASE("config changes: the command names what differs from the defaults, and no more") {
  const TrainConfig config{.data = "my pictures", .shuffle = false, .norm = "group", .lr = 0.001};
  CHECK(keel::train_command_line(config) ==
        "keel train --data 'my pictures' --no-shuffle --norm group --lr 0.001");
}

TEST_CASE("config changes: a command's settings are those it was made from, whichever they are") {
  TrainConfig config;
  keel::visit_fields(config, Changer{});
  CHECK(keel::to_toml(parsed(keel::train_command_line(config))) == keel::to_toml(config));
}

TEST_CASE("config changes: they are told with both values") {
  const TrainConfig before{.norm = "none", .epochs = 3}, now{.norm = "batch", .epochs = 5};
  const auto changes = keel::changed_settings(before, now);
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].name == "norm");
  CHECK(changes[1].flag == std::vector<std::string>{"--epochs", "5"});
  CHECK(keel::describe(changes) == "norm was none and is now batch, epochs was 3 and is now 5");
  CHECK(keel::describe(keel::changed_settings({.data_dir = "a"}, {})) ==
        "data-dir was a and is now ''");
  CHECK(keel::changed_settings(now, now).empty());
}

TEST_CASE("shell: a word is quoted where a shell would read another one") {
  for (const std::string word : {"plain", "a/b.c", "0.05", "--lr=1,2", "", "two words", "it's",
                                 "$x", "a\\b", "*", "~", "#", "tab\there", "semi;colon", "ä"}) {
    CHECK(shell_words(keel::shell_word(word)) == std::vector<std::string>{word});
  }
  CHECK(keel::shell_word("a/b.c") == "a/b.c");
  CHECK(keel::shell_line({"keel", "train", "--data", "two words"}) ==
        "keel train --data 'two words'");
}
