#include "apps/train/setting.h"

#include <string>

#include <keel/core/error.h>

#include "tests/support/test.h"

using keel::read_setting;

namespace {

template <class T, class Rule>
T read(const char* text, const Rule& rule) {
  T value{};
  read_setting("--flag", text, value, rule);
  return value;
}

template <class T, class Rule>
std::string message(const char* text, const Rule& rule) {
  T value{};
  try {
    read_setting("--flag", text, value, rule);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kInvalid);
    CHECK(value == T{});
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("setting: numbers are read to the bit") {
  CHECK(read<double>("1e-5", keel::above(0)) == 1e-5);
  CHECK(read<double>("0.1", keel::from_to(0, 1)) == 0.1);
  CHECK(read<double>("-3", keel::Range{}) == -3);
  CHECK(read<int>("16", keel::at_least(0)) == 16);
  CHECK(read<std::uint64_t>("9223372036854775807", keel::at_least(0)) == 9223372036854775807u);
}

TEST_CASE("setting: a number outside of its range is answered with the range") {
  CHECK(message<double>("0", keel::above(0)) == "--flag: expected a number above 0, got \"0\"");
  CHECK(message<int>("-1", keel::at_least(0)) ==
        "--flag: expected a whole number of at least 0, got \"-1\"");
  CHECK(message<double>("1", keel::from_below(0, 1)) ==
        "--flag: expected a number from 0 to below 1, got \"1\"");
  CHECK(message<double>("0", keel::Range{0, 1, true, true}) ==
        "--flag: expected a number from above 0 to below 1, got \"0\"");
  CHECK(message<std::uint64_t>("-1", keel::at_least(0)) ==
        "--flag: expected a whole number of at least 0, got \"-1\"");
}

TEST_CASE("setting: what is no finite number is refused") {
  for (const char* text : {"", "abc", "1x", " 1", "nan", "inf", "-inf", "1e999", "0x10", "+1"}) {
    INFO(text);
    CHECK(message<double>(text, keel::Range{}) ==
          "--flag: expected a number, got \"" + std::string(text) + "\"");
  }
  for (const char* text : {"", "1.5", "1e3", "9223372036854775808", "five"}) {
    INFO(text);
    CHECK(message<std::int64_t>(text, keel::Range{}) ==
          "--flag: expected a whole number, got \"" + std::string(text) + "\"");
  }
}

TEST_CASE("setting: a switch is on or off") {
  for (const char* text : {"true", "on", "yes", "1"}) CHECK(read<bool>(text, keel::Switch{}));
  for (const char* text : {"false", "off", "no", "0"}) CHECK(!read<bool>(text, keel::Switch{}));
  CHECK(message<bool>("maybe", keel::Switch{}) == "--flag: expected true or false, got \"maybe\"");
}

TEST_CASE("setting: an unknown name is answered with the nearest one") {
  const keel::Name norms{{"none", "batch", "layer"}};
  CHECK(read<std::string>("batch", norms) == "batch");
  CHECK(message<std::string>("bacth", norms) ==
        "--flag: unknown name 'bacth'; did you mean 'batch'? Known: none, batch, layer");
  CHECK(message<std::string>("something", norms) ==
        "--flag: unknown name 'something'. Known: none, batch, layer");
  CHECK_THAT(message<std::string>("", norms), ContainsSubstring("unknown name"));
  CHECK(read<std::string>("", keel::Name{{"relu"}, true}).empty());
}

TEST_CASE("setting: a number or a word") {
  const keel::RangeOrWord momentum{keel::from_to(0, 1), "none"};
  CHECK(read<std::string>("none", momentum) == "none");
  CHECK(read<std::string>("0.1", momentum) == "0.1");
  CHECK(message<std::string>("2", momentum) ==
        "--flag: expected a number from 0 to 1, or none, got \"2\"");
}
