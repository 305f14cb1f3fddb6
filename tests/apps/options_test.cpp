#include "apps/options.h"

#include <string>
#include <vector>

#include <keel/core/error.h>

#include "tests/support/environment.h"
#include "tests/support/test.h"

using keel::testing::Environment;

namespace {

using Line = std::vector<std::string>;

template <class Command>
Command parse(const Line& arguments) {
  return std::get<Command>(keel::parse_command_line(arguments));
}

std::string printed(const Line& arguments) {
  return parse<keel::PrintCommand>(arguments).text;
}

// What is wrong with the arguments.
std::string complaint(const Line& arguments) {
  try {
    keel::parse_command_line(arguments);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kInvalid);
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("options: help is printed without a subcommand, and on demand for each") {
  CHECK_THAT(printed({}), ContainsSubstring("Usage: keel "));
  CHECK(printed({}) == printed({"--help"}));
  CHECK(printed({}) == printed({"-h"}));
  CHECK_THAT(printed({"data"}), ContainsSubstring("Usage: keel data "));
  CHECK(printed({"data"}) == printed({"data", "--help"}));
  CHECK_THAT(printed({"data", "show", "--help"}), ContainsSubstring("--out FILE"));
}

TEST_CASE("options: help fits a terminal of 80 columns") {
  for (const Line& arguments : {Line{}, Line{"data"}, Line{"data", "show", "--help"}}) {
    std::size_t column = 0;
    for (const char letter : printed(arguments)) {
      column = letter == '\n' ? 0 : column + 1;
      CHECK(column <= 80);
    }
  }
}

TEST_CASE("options: --version tells what the program is made of") {
  CHECK_THAT(printed({"--version"}), ContainsSubstring("ISA "));
}

TEST_CASE("options: what is unknown is answered with what is near") {
  CHECK(complaint({"dta"}) ==
        "keel: unknown subcommand \"dta\" (did you mean data?); see keel --help");
  CHECK(complaint({"data", "lst"}) ==
        "keel data: unknown subcommand \"lst\" (did you mean list?); see keel data --help");
  CHECK(complaint({"--verson"}) ==
        "keel: unknown flag --verson (did you mean --version?); see keel --help");
  CHECK(complaint({"data", "show", "digits", "--oot=x.png"}) ==
        "keel data show: unknown flag --oot (did you mean --out?); see keel data show --help");
  CHECK(complaint({"data", "list", "mnist"}) ==
        "keel data list: unexpected argument \"mnist\"; see keel data list --help");
  CHECK_THAT(complaint({"data", "show", "digits", "--out", "x", "--split", "tets"}),
             ContainsSubstring("--split: unknown name \"tets\" (did you mean test?)"));
}

TEST_CASE("options: what is missing is named") {
  CHECK_THAT(complaint({"data", "show", "digits"}), ContainsSubstring("--out is required"));
  CHECK_THAT(complaint({"data", "get"}), ContainsSubstring("NAME is required"));
  CHECK_THAT(complaint({"data", "show", "digits", "--out"}), ContainsSubstring("--out"));
}

TEST_CASE("options: data list takes the folder from the flag, else from the environment") {
  const Environment folder("KEEL_DATA", "/from/environment");
  CHECK(parse<keel::DataListCommand>({"data", "list"}).data_dir == "/from/environment");
  CHECK(parse<keel::DataListCommand>({"data", "list", "--data-dir", "/here"}).data_dir == "/here");
}

TEST_CASE("options: data show takes all of its flags") {
  const auto command = parse<keel::DataShowCommand>(
      {"data", "show", "shapes", "--out=s.png", "--count", "3", "--seed", "9", "--split", "test",
       "--augment", "standard", "--image-size", "24", "--data-dir", "d"});
  CHECK(command.data == "shapes");
  CHECK(command.out == "s.png");
  CHECK(command.count == 3);
  CHECK(command.seed == 9);
  CHECK(command.split == "test");
  CHECK(command.augment == "standard");
  CHECK(command.image_size == 24);
  CHECK(command.data_dir == "d");
  CHECK_THAT(complaint({"data", "show", "digits", "--out", "x", "--count", "0"}),
             ContainsSubstring("--count: expected a whole number from 1 to 1000, got \"0\""));
}

TEST_CASE("options: data get takes a name") {
  const auto command = parse<keel::DataGetCommand>({"data", "get", "mnist", "--quiet"});
  CHECK(command.data == "mnist");
  CHECK(command.quiet);
}
