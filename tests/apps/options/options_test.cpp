#include "apps/options/options.h"

#include <sstream>
#include <string>
#include <vector>

#include <keel/core/error.h>

#include "apps/train/config_fields.h"
#include "apps/train/config_file.h"
#include "tests/apps/options/parsing.h"
#include "tests/support/environment.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using Catch::Matchers::StartsWith;
using keel::testing::complaint;
using keel::testing::Environment;
using keel::testing::Line;
using keel::testing::parse;
using keel::testing::TempFolder;

namespace {

std::string printed(const Line& arguments) {
  return parse<keel::PrintCommand>(arguments).text;
}

// Changes every setting, and writes the flags that do the same.
struct FlagWriter {
  Line line{"train"};

  void section(std::string_view) {}
  template <class T, class Rule>
  void operator()(std::string_view name, T& value, const Rule& rule, std::string_view) {
    const std::string flag(name);
    if constexpr (std::is_same_v<Rule, keel::Switch>) {
      value = !value;
      line.push_back((value ? "--" : "--no-") + flag);
    } else {
      if constexpr (std::is_same_v<Rule, keel::Name>) {
        value = rule.known.back();
      } else if constexpr (std::is_same_v<Rule, keel::NormName>) {
        value = "group:8:eps=0.001+ws";
      } else if constexpr (std::is_same_v<T, std::string>) {
        value = "0.7";
      } else {
        value = std::is_integral_v<T> ? static_cast<T>(value + 5) : static_cast<T>(0.7);
      }
      line.insert(line.end(), {"--" + flag, fmt::format("{}", value)});
    }
  }
};

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
  for (const Line& arguments :
       {Line{}, Line{"data"}, Line{"data", "show", "--help"}, Line{"train", "--help"},
        Line{"compare", "--help"}, Line{"eval", "--help"}, Line{"predict", "--help"},
        Line{"summary", "--help"}}) {
    std::istringstream text(printed(arguments));
    for (std::string line; std::getline(text, line);) {
      INFO(line);
      CHECK(line.size() <= 80);
    }
  }
}

TEST_CASE("options: --version tells what the program is made of") {
  CHECK_THAT(printed({"--version"}), ContainsSubstring("ISA "));
}

TEST_CASE("options: what is unknown is answered with what is near") {
  CHECK(complaint({"dta"}) ==
        "keel: unknown subcommand 'dta'; did you mean 'data'? See keel --help");
  CHECK(complaint({"data", "lst"}) ==
        "keel data: unknown subcommand 'lst'; did you mean 'list'? See keel data --help");
  CHECK(complaint({"--verson"}) ==
        "keel: unknown flag '--verson'; did you mean '--version'? See keel --help");
  CHECK(complaint({"data", "show", "digits", "--oot=x.png"}) ==
        "keel data show: unknown flag '--oot'; did you mean '--out'? See keel data show --help");
  CHECK(complaint({"data", "list", "mnist"}) ==
        "keel data list: unexpected argument 'mnist'. See keel data list --help");
  CHECK_THAT(complaint({"data", "show", "digits", "--out", "x.png", "--split", "tets"}),
             ContainsSubstring("--split: unknown name 'tets'; did you mean 'test'?"));
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
       "--augment", "standard", "--pad-mode", "reflect", "--image-size", "24", "--data-dir", "d",
       "--skip-bad-images"});
  CHECK(command.data == "shapes");
  CHECK(command.out == "s.png");
  CHECK(command.count == 3);
  CHECK(command.seed == 9);
  CHECK(command.split == "test");
  CHECK(command.augment == "standard");
  CHECK(command.pad_mode == "reflect");
  CHECK(command.image_size == 24);
  CHECK(command.data_dir == "d");
  CHECK(command.skip_bad_images);
  CHECK_THAT(complaint({"data", "show", "digits", "--out", "x.png", "--count", "0"}),
             ContainsSubstring("--count: expected a whole number from 1 to 1000, got \"0\""));
}

TEST_CASE("options: a picture is written as PNG under no other name") {
  CHECK(complaint({"data", "show", "digits", "--out", "s.jpg"}) ==
        "--out: expected the name of a .png file, got \"s.jpg\"");
  CHECK(complaint({"eval", "--checkpoint", "c", "--out", "confusion"}) ==
        "--out: expected the name of a .png file, got \"confusion\"");
  CHECK(parse<keel::EvalCommand>({"eval", "--checkpoint", "c", "--out", "a.b/c.png"}).out ==
        "a.b/c.png");
}

TEST_CASE("options: data get takes a name") {
  const auto command = parse<keel::DataGetCommand>({"data", "get", "mnist", "--quiet"});
  CHECK(command.data == "mnist");
  CHECK(command.quiet);
}

TEST_CASE("options: train without flags is a run with the defaults") {
  const Environment no_data("KEEL_DATA", "");  // which a person may have set
  const auto command = parse<keel::TrainCommand>({"train"});
  CHECK(keel::to_toml(command.config) == keel::to_toml({}));
  CHECK((command.run.empty() && command.resume.empty()));
  CHECK_FALSE((command.quiet || command.no_color || command.dry_run));
}

TEST_CASE("options: every setting of a run has a flag") {
  keel::TrainConfig expected;
  FlagWriter writer;
  keel::visit_fields(expected, writer);
  const auto command = parse<keel::TrainCommand>(writer.line);
  CHECK(keel::to_toml(command.config) == keel::to_toml(expected));
  CHECK(keel::to_toml(expected) != keel::to_toml({}));
}

TEST_CASE("options: the flag comes before the environment, and that before the file") {
  const TempFolder folder;
  const std::string file = folder.write("c.toml", "epochs = 2\nlr = 0.2\nseed = 2\n").string();
  const Environment lr("KEEL_LR", "0.3"), seed("KEEL_SEED", "3");
  const auto config = parse<keel::TrainCommand>({"train", "--seed", "4", "--config", file}).config;
  CHECK(config.epochs == 2);
  CHECK(config.lr == 0.3);
  CHECK(config.seed == 4);
}

TEST_CASE("options: what is wrong with a setting is told with where it is from") {
  const auto refuses = [](const char* variable, const char* value, const std::string& message) {
    const Environment wrong(variable, value);
    CHECK_THAT(complaint({"compare"}),
               StartsWith("environment variable " + (variable + (": " + message))));
  };
  refuses("KEEL_NORMS", "none,bach", "normalisation 'bach', letter 1: unknown");
  refuses("KEEL_NORMS", "none,none", "none is there twice");
  refuses("KEEL_LRS", "0.1,fast", "expected a number above 0, got \"fast\"");
  refuses("KEEL_BATCH_SIZES", "0", "expected a whole number from 1 to 1000000, got \"0\"");
  refuses("KEEL_SEEDS", "many", "expected a whole number from 1 to 1000, got \"many\"");
  refuses("KEEL_TARGET_ACCURACY", "99", "expected a number from 0 to 1, got \"99\"");
  refuses("KEEL_NORM", "bach", "normalisation 'bach', letter 1: unknown");
  refuses("KEEL_LR", "-1", "expected a number above 0, got \"-1\"");
  refuses("KEEL_MODEL", "lenet", "unknown name 'lenet'; did you mean 'lenet5'?");
  refuses("KEEL_SHUFFLE", "perhaps", "expected true or false, got \"perhaps\"");
  refuses("KEEL_NORM_MOMENTUM", "2", "expected a number from 0 to 1, or none, got \"2\"");
}

TEST_CASE("options: a switch can be turned either way, the last flag counts") {
  const Environment off("KEEL_SHUFFLE", "false");
  CHECK(!parse<keel::TrainCommand>({"train"}).config.shuffle);
  CHECK(parse<keel::TrainCommand>({"train", "--shuffle"}).config.shuffle);
  CHECK(!parse<keel::TrainCommand>({"train", "--shuffle", "--no-shuffle"}).config.shuffle);
  CHECK(parse<keel::TrainCommand>({"train", "--lr", "1", "--lr=2"}).config.lr == 2);
}

TEST_CASE("options: a resumed run keeps its settings, whatever the environment says") {
  const TempFolder folder;
  keel::TrainConfig before;
  before.lr = 0.7;
  folder.write("run/config.toml", keel::to_toml(before));
  const std::string run = (folder.path() / "run").string();
  const Environment lr("KEEL_LR", "0.3");
  const auto command = parse<keel::TrainCommand>({"train", "--resume", run, "--threads", "2"});
  CHECK(command.config.lr == 0.7);
  CHECK(command.config.threads == 2);
  CHECK(command.resume == run);
  CHECK_THAT(complaint({"train", "--resume", run, "--run", "other"}),
             ContainsSubstring("--run excludes --resume"));
  CHECK_THROWS_WITH(parse<keel::TrainCommand>({"train", "--resume", run + "-not"}),
                    ContainsSubstring("run-not"));
}

TEST_CASE("options: norms writes the page or checks, and the page is of all") {
  CHECK(parse<keel::NormsCommand>({"norms", "group:4+ws", "--check"}).check);
  CHECK(parse<keel::NormsCommand>({"norms", "--markdown"}).markdown);
  CHECK_THAT(complaint({"norms", "--check", "--markdown"}),
             ContainsSubstring("excludes --markdown"));
  CHECK_THAT(complaint({"norms", "group", "--markdown"}), ContainsSubstring("excludes --markdown"));
}

TEST_CASE("options: train says what is wrong with a flag") {
  CHECK(complaint({"train", "--epoch", "3"}) ==
        "keel train: unknown flag '--epoch'; did you mean '--epochs'? See keel train --help");
  CHECK(complaint({"train", "--lr", "-1"}) == "--lr: expected a number above 0, got \"-1\"");
  CHECK(complaint({"train", "--momentum", "1"}) ==
        "--momentum: expected a number from 0 to below 1, got \"1\"");
  CHECK_THAT(complaint({"train", "--norm", "goup"}), ContainsSubstring("did you mean 'group'?"));
  CHECK_THAT(complaint({"train", "--model", "lenet"}), ContainsSubstring("did you mean 'lenet5'?"));
  CHECK_THAT(complaint({"train", "--schedule", "cosin"}), ContainsSubstring("mean 'cosine'?"));
  CHECK(complaint({"train", "--workers", "257"}) ==
        "--workers: expected a whole number from 0 to 256, got \"257\"");
  CHECK_THAT(complaint({"train", "--lr"}), ContainsSubstring("--lr"));
  CHECK_THAT(complaint({"train", "mnist"}), ContainsSubstring("unexpected argument 'mnist'"));
}

TEST_CASE("options: summary takes a model and its input") {
  const auto command =
      parse<keel::SummaryCommand>({"summary", "--model", "vgg11", "--norm=group", "--groups", "4",
                                   "--input", "64x48x1", "--classes", "3", "--json"});
  CHECK(command.config.model == "vgg11");
  CHECK(command.config.norm == "group");
  CHECK(command.config.groups == 4);
  CHECK(command.input.width == 48);
  CHECK(command.classes == 3);
  CHECK(command.json);
  CHECK_THAT(complaint({"summary", "--input", "32x32"}),
             ContainsSubstring("--input: expected HEIGHTxWIDTHxCHANNELS"));
  CHECK_THAT(complaint({"summary", "--epochs", "3"}), ContainsSubstring("unknown flag '--epochs'"));
}

TEST_CASE("options: reproduce takes a name and a budget") {
  const auto standard = parse<keel::ReproduceCommand>({"reproduce"});
  CHECK((standard.name.empty() && standard.budget == keel::Budget::kQuick && standard.seeds == 3));
  const auto command = parse<keel::ReproduceCommand>(
      {"reproduce", "init-scale", "--budget", "full", "--seeds", "5", "--jobs", "2", "--threads",
       "4", "--data-dir", "sets", "--out", "here", "--quiet"});
  CHECK((command.name == "init-scale" && command.budget == keel::Budget::kFull));
  CHECK((command.seeds == 5 && command.jobs == 2 && command.threads == 4));
  CHECK((command.data_dir == "sets" && command.out == "here" && command.quiet));
  CHECK_THAT(command.command_line, StartsWith("keel reproduce init-scale --budget full"));
  CHECK_THAT(complaint({"reproduce", "init-scale", "--budget", "fast"}),
             ContainsSubstring("quick, full"));
}
