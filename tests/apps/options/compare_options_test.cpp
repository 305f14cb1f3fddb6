// What `keel compare` takes from flags, environment and file.

#include <string>
#include <vector>

#include <keel/core/error.h>

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

// Of a comparison; none for an axis that was not given.
Line axis_values(const keel::CompareCommand& command, const std::string& setting) {
  for (const keel::Axis& axis : command.axes) {
    if (axis.setting == setting) return axis.values;
  }
  return {};
}

}  // namespace

TEST_CASE("options: the lists of a comparison come from the environment too") {
  const Environment norms("KEEL_NORMS", "none,group"), seeds("KEEL_SEEDS", "7"),
      target("KEEL_TARGET_ACCURACY", "0.6");
  const auto command = parse<keel::CompareCommand>({"compare", "--seeds", "2"});
  CHECK(axis_values(command, "norm") == Line{"none", "group"});
  CHECK(command.seeds == 2);
  CHECK(command.base.target_accuracy == 0.6);
}

TEST_CASE("options: a list's flag comes before the environment, be it wrong or not") {
  const Environment wrong("KEEL_NORMS", "bach");
  CHECK(axis_values(parse<keel::CompareCommand>({"compare", "--norms", "batch"}), "norm") ==
        Line{"batch"});
  CHECK_THAT(complaint({"compare", "--norms", "grup"}),
             StartsWith("--norms: normalisation 'grup', letter 1: "));
}

TEST_CASE("options: a norm of the environment takes the place of a comparison's usual ones") {
  const Environment norm("KEEL_NORM", "group:8");
  CHECK(axis_values(parse<keel::CompareCommand>({"compare"}), "norm") == Line{"group:8"});
  CHECK(axis_values(parse<keel::CompareCommand>({"compare", "--norms", "none,batch"}), "norm") ==
        Line{"none", "batch"});
}

TEST_CASE("options: compare without flags is a first look at the digits") {
  const Environment no_data("KEEL_DATA", "");  // which a person may have set
  const auto command = parse<keel::CompareCommand>({"compare"});
  CHECK(keel::to_toml(command.base) == keel::to_toml(keel::first_look()));
  REQUIRE(command.axes.size() == 1);
  CHECK(axis_values(command, "norm").size() == 5);
  CHECK(command.out.empty());
  CHECK(command.seeds == 3);
  CHECK(command.command_line == "keel compare");
  CHECK(parse<keel::CompareCommand>({"compare", "--epochs", "9"}).base.limit_train ==
        keel::first_look().limit_train);
}

TEST_CASE("options: compare with data has the defaults of a run") {
  const Environment no_data("KEEL_DATA", "");  // which a person may have set
  CHECK(keel::to_toml(parse<keel::CompareCommand>({"compare", "--data", "digits"}).base) ==
        keel::to_toml({}));
  const Environment data("KEEL_DATASET", "shapes");
  const auto base = parse<keel::CompareCommand>({"compare"}).base;
  CHECK(base.data == "shapes");
  CHECK(base.limit_train == 0);
}

TEST_CASE("options: compare takes lists of what varies") {
  const auto command = parse<keel::CompareCommand>(
      {"compare", "--norms", "none,group", "--lrs=0.1,1e-3", "--batch-sizes", "16,128", "--seeds",
       "5", "--seed", "7", "--target-accuracy", "0.99", "--out", "my results", "--quiet"});
  CHECK(axis_values(command, "norm") == Line{"none", "group"});
  CHECK(axis_values(command, "lr") == Line{"0.1", "0.001"});
  CHECK(axis_values(command, "batch-size") == Line{"16", "128"});
  CHECK((command.seeds == 5 && command.base.seed == 7 && command.base.target_accuracy == 0.99));
  CHECK((command.out == "my results" && command.quiet));
  CHECK_THAT(command.command_line, ContainsSubstring("--seed 7 --target-accuracy 0.99 --out 'my"));
}

TEST_CASE("options: compare takes any setting as an axis") {
  const auto command = parse<keel::CompareCommand>(
      {"compare", "--axis", "activation=relu,silu", "--optims", "sgd,adamw", "--init-scales",
       "0.1,10", "--axis", "nesterov=off,on", "--batch-sizes", "8,16", "--lr-rule", "sqrt",
       "--jobs", "2", "--baseline", "batch"});
  CHECK(axis_values(command, "activation") == Line{"relu", "silu"});
  CHECK(axis_values(command, "optim") == Line{"sgd", "adamw"});
  CHECK(axis_values(command, "init-scale") == Line{"0.1", "10"});
  CHECK(axis_values(command, "nesterov") == Line{"false", "true"});
  CHECK((command.lr_rule == "sqrt" && command.jobs == 2 && command.baseline == "batch"));
}

TEST_CASE("options: compare loses nothing that was asked for without a word") {
  const auto refuses = [](Line flags, const std::string& message) {
    flags.insert(flags.begin(), "compare");
    CHECK_THAT(complaint(flags), StartsWith(message));
  };
  refuses({"--lrs", "0.3", "--axis", "lr=0.1,0.2"},
          "--lrs and --axis lr are lists of one setting, lr: give all of its values in one");
  refuses({"--norms", "none,batch", "--axis", "norm=layer"}, "--norms and --axis norm are lists");
  refuses({"--axis", "dropout=0", "--axis", "dropout=0.5"},
          "--axis dropout and --axis dropout are lists");
  refuses({"--lrs", "0.3", "--lrs", "0.1"}, "--lrs and --lrs are lists of one setting");
  refuses({"--lr", "0.5", "--lrs", "0.1"},
          "--lr and --lrs set the same: leave out the one or the other");
  refuses({"--dropout", "0.5", "--axis", "dropout=0"}, "--dropout and --axis dropout set the same");
  refuses({"--probe-every", "10"},
          "--probe-every: nothing is probed without --diagnostics; give both or neither");
  refuses({"--lr-rule", "linear"},
          "--lr-rule linear: every run has the batch size of --batch-size, 16");

  const Environment lrs("KEEL_LRS", "0.1,0.2");
  const auto takes = [](Line flags) {
    flags.insert(flags.begin(), "compare");
    return parse<keel::CompareCommand>(flags);
  };
  CHECK(axis_values(takes({"--axis", "lr=0.3"}), "lr") == Line{"0.3"});
  CHECK(
      takes({"--batch-size", "8", "--batch-sizes", "8,16", "--lr-rule", "sqrt"}).base.batch_size ==
      8);
  CHECK(takes({"--probe-every", "10", "--axis", "diagnostics=true"}).base.probe_every == 10);
  CHECK_THAT(complaint({"train", "--probe-every", "10"}), StartsWith("--probe-every: nothing"));
  CHECK(parse<keel::TrainCommand>({"train", "--probe-every", "10", "--diagnostics"})
            .config.probe_every == 10);

  // As keel compare starts the runs without diagnostics of a comparison that has some with them.
  CHECK(parse<keel::TrainCommand>({"train", "--no-diagnostics", "--probe-every", "10"})
            .config.probe_every == 10);

  const TempFolder folder;
  const std::string file = folder.write("exp.toml", "lrs = [0.1, 0.2]\n").string();
  refuses({"--config", file, "--lr", "0.5"}, "--lr and the file's list of it, 0.1, 0.2, set the");
}

TEST_CASE("options: a file may describe a whole comparison") {
  const TempFolder folder;
  const std::string file = folder
                               .write("exp.toml",
                                      "data = 'shapes'\nepochs = 2\nlrs = [0.1, 1e-2]\nseeds = 5\n"
                                      "lr-rule = 'linear'\nbatch-sizes = [32, 64]\n"
                                      "[axes]\nactivation = ['relu', 'gelu']\n"
                                      "[[variant]]\nname = 'plain'\nnorm = 'none'\n"
                                      "[[variant]]\nname = 'deep'\nnorm = 'batch'\ndepth = 32\n")
                               .string();
  const auto command = parse<keel::CompareCommand>({"compare", "--config", file, "--seeds", "4"});
  CHECK((command.base.data == "shapes" && command.base.epochs == 2 && command.seeds == 4));
  CHECK(command.base.limit_train == 0);
  CHECK(command.lr_rule == "linear");
  CHECK(axis_values(command, "lr") == Line{"0.1", "0.01"});
  CHECK(axis_values(command, "activation") == Line{"relu", "gelu"});
  CHECK(axis_values(command, "norm").empty());
  REQUIRE(command.variants.size() == 2);
  CHECK(command.variants[1].name == "deep");

  const std::string digits = folder.write("small.toml", "norms = ['none']\n").string();
  const auto small = parse<keel::CompareCommand>({"compare", "--config", digits});
  CHECK(small.base.limit_train == keel::first_look().limit_train);
  CHECK(axis_values(small, "norm") == Line{"none"});

  const std::string one = folder.write("one.toml", "norm = 'group'\nlrs = [0.1, 1]\n").string();
  const auto single = parse<keel::CompareCommand>({"compare", "--config", one});
  CHECK(axis_values(single, "norm").empty());
  CHECK(single.base.norm == "group");
  const auto listed =
      parse<keel::CompareCommand>({"compare", "--config", one, "--norms", "none,batch"});
  CHECK(axis_values(listed, "norm") == Line{"none", "batch"});
}

TEST_CASE("options: what is wrong with a comparison's file is told with its line") {
  const TempFolder folder;
  const auto wrong = [&folder](const std::string& content) {
    const std::string path = folder.write("exp.toml", content).string();
    const std::string message = complaint({"compare", "--config", path}, keel::ErrorKind::kData);
    CHECK_THAT(message, StartsWith(path + ":"));
    return message.substr(path.size() + 1);
  };
  CHECK(wrong("\nlrs = [0.1, -1]") == "2: lrs: expected a number above 0, got \"-1\"");
  CHECK(wrong("lrs = 0.1") == "1: lrs: expected a list, [A, B, ...]");
  CHECK(wrong("lrs = [0.1, [2]]") == "1: expected a list of numbers or of texts in quotes");
  CHECK(wrong("norm = ['batch']") == "1: norm: expected one value");
  CHECK(wrong("norm5 = ['batch']") ==
        "1: unknown setting 'norm5'; did you mean 'norm'? keel compare --help lists all");
  CHECK(wrong("foo = 1") == "1: unknown setting 'foo'. keel compare --help lists all");
  CHECK(wrong("[axes]\nlrs = [1]") ==
        "2: lrs: unknown setting 'lrs'; did you mean 'lr'? keel train --help lists all");
  CHECK_THAT(wrong("seeds = 0"),
             StartsWith("1: seeds: expected a whole number from 1 to 1000, got \"0\""));
  CHECK_THAT(wrong("seeds = [1, 2]"),
             StartsWith("1: seeds: expected one value; it is how many seeds there are, from "));
  CHECK(wrong("lrs = [1]\n[axes]\nlr = [2]") ==
        "3: lr: lrs is a list of the same setting: give all of its values in one");
  CHECK(wrong("lrs = [1]\nlr = 2") ==
        "2: lr and the list lrs set the same: leave out the one or the other");
  CHECK(wrong("[[variant]]\nlr = 1") == "1: variant: expected a name in each [[variant]]");
  CHECK(wrong("[[variant]]\nname = ''\nlr = 1") ==
        "2: expected a name of one line that is not blank");
  CHECK(wrong("[[variant]]\nname = \"a\\nb\"\nlr = 1") ==
        "2: expected a name of one line that is not blank");
  CHECK(wrong("[[variant]]\nname = 'a'\nlr = 0") ==
        "3: variant 'a': lr: expected a number above 0, got \"0\"");
  CHECK(wrong("[[variant]]\nname = 'a'\nfoo = 1") ==
        "3: variant 'a': foo: unknown setting 'foo'. keel train --help lists all");
  CHECK(wrong("[[variant]]\nname = 'a'\n[[variant]]\nname = 'a'") ==
        "4: there is a variant 'a' already");
  CHECK_THAT(wrong("[[variant]]\nname = 'a'\ndata = 'shapes'"),
             StartsWith("3: variant 'a': data: a comparison is of one data set"));
  CHECK(wrong("[variant]\nname = 'a'") == "1: variant: expected tables, each [[variant]]");
  CHECK(wrong("lrs = [1, 2]\n[[variant]]\nname = 'a'\nlr = 3") ==
        "4: variant 'a' sets lr, and so does the list lrs");
  CHECK(wrong("[[variant]]\nname = 'a'\nlr = 0.5\n[[variant]]\nname = 'b'\nlr = 0.50") ==
        "5: variant 'b' has the same settings as 'a': give it some of its own");
  const std::string file = folder.write("a.toml", "[[variant]]\nname = 'a'\nlr = 3\n").string();
  CHECK(complaint({"compare", "--config", file, "--lrs", "1,2"}) ==
        "variant 'a' sets lr, which is an axis, too");
}

TEST_CASE("options: compare says what is wrong with a list") {
  CHECK_THAT(complaint({"compare", "--norms", "none,bach"}), ContainsSubstring("mean 'batch'?"));
  CHECK(complaint({"compare", "--norms", ""}) == "--norms: the list is empty, expected A,B,...");
  CHECK(complaint({"compare", "--norms", "none,none"}) == "--norms: none is there twice");
  CHECK(complaint({"compare", "--lrs", "0.1,0.10"}) == "--lrs: 0.10 is there twice");
  CHECK(complaint({"compare", "--lrs", "0.1,"}) ==
        "--lrs: an empty value in the list, as beside a comma too many");
  CHECK_THAT(complaint({"compare", "--norms", "batch,,none"}), StartsWith("--norms: an empty"));
  CHECK(axis_values(parse<keel::CompareCommand>({"compare", "--axis", "activation=,relu"}),
                    "activation") == Line{"", "relu"});
  CHECK_THAT(complaint({"compare", "--seeds", "1,2,3"}),
             ContainsSubstring("got \"1,2,3\"; it is how many seeds there are, from the one of "));
  CHECK_THAT(complaint({"compare", "--batch-sizes", "16,0"}), ContainsSubstring("got \"0\""));
  CHECK_THAT(complaint({"compare", "--seeds", "0"}), ContainsSubstring("from 1 to 1000"));
  CHECK(complaint({"compare", "--axis", "lr"}) == "--axis lr: expected SETTING=A,B,...");
  CHECK(complaint({"compare", "--axis", "activasion=relu"}) ==
        "--axis activasion: unknown setting 'activasion'; did you mean 'activation'? "
        "keel train --help lists all");
  CHECK(complaint({"compare", "--axis", "foo=1,2"}) ==
        "--axis foo: unknown setting 'foo'. keel train --help lists all");
  CHECK_THAT(complaint({"compare", "--axis", "activation=relu,rely"}),
             StartsWith("--axis activation: "));
  CHECK(complaint({"compare", "--axis", "seed=1,2"}) ==
        "--axis seed: seed is no axis of a comparison");
  CHECK_THAT(complaint({"compare", "--norm", "batch"}),
             ContainsSubstring("did you mean '--norms'?"));
}
