#include "apps/program.h"

#include <filesystem>
#include <string>
#include <vector>

#include <keel/core/file.h>

#include "apps/exit_code.h"
#include "apps/train/environment.h"
#include "tests/support/captured_output.h"
#include "tests/support/environment.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::testing::TempFolder;

namespace {

struct Result {
  int code;
  std::string out, err;
};

Result keel_program(const std::vector<std::string>& arguments) {
  const keel::testing::CapturedOutput output;
  const int code = keel::run_program(arguments);
  return {code, output.out(), output.err()};
}

}  // namespace

TEST_CASE("program: help and version go to standard output") {
  const Result help = keel_program({});
  CHECK(help.code == keel::kExitDone);
  CHECK_THAT(help.out, ContainsSubstring("Usage: keel"));
  const Result version = keel_program({"--version"});
  CHECK(version.code == keel::kExitDone);
  CHECK(version.out == keel::version_text() + "\n");
  CHECK(version.err.empty() == !keel::build_warning().has_value());
}

TEST_CASE("program: an environment variable that nothing reads is warned of") {
  using keel::testing::Environment;
  const Environment norms("KEEL_NORMS", "none"), data("KEEL_DATASET", "digits"),
      isa("KEEL_ISA", nullptr), repair("KEEL_BLAS_REPAIR", "1");
  CHECK_THAT(keel_program({}).err, !ContainsSubstring("KEEL_"));
  const Environment mistyped("KEEL_EPOCH", "3");
  const Result result = keel_program({});
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.err, ContainsSubstring("warning") &&
                             ContainsSubstring("nothing reads the environment variable KEEL_EPOCH"
                                               "; did you mean 'KEEL_EPOCHS'?"));
}

TEST_CASE("program: the exit code tells the kind of the error") {
  const TempFolder folder;
  const std::string sheet = (folder.path() / "sheet.png").string();
  const Result usage = keel_program({"daata"});
  CHECK(usage.code == keel::kExitUsage);
  CHECK(usage.out.empty());
  CHECK_THAT(usage.err, ContainsSubstring("error: keel: unknown subcommand"));

  const Result name = keel_program({"data", "show", "mnits", "--out", sheet});
  CHECK(name.code == keel::kExitUsage);
  CHECK_THAT(name.err, ContainsSubstring("did you mean 'mnist'?"));

  const Result data =
      keel_program({"data", "show", "mnist", "--out", sheet, "--data-dir", folder.path().string()});
  CHECK(data.code == keel::kExitData);
  CHECK_THAT(data.err, ContainsSubstring("keel data get mnist"));
  CHECK(keel_program({"train", "--data", "/no/such/folder"}).code == keel::kExitData);
  CHECK(!std::filesystem::exists(sheet));

  CHECK(keel::exit_code(keel::ErrorKind::kInvalid) == 2);
  CHECK(keel::exit_code(keel::ErrorKind::kData) == 3);
  CHECK(keel::exit_code(keel::ErrorKind::kDiverged) == 4);
}

TEST_CASE("program: a path that the system refuses is an error of the data") {
  const std::string impossible(300, 'x');  // root may read any folder, but not find such a name
  for (const std::vector<std::string>& arguments : {
           std::vector<std::string>{"train", "--run", impossible},
           {"train", "--resume", impossible},
           {"train", "--data", impossible},
           {"compare", "--out", impossible},
           {"eval", "--checkpoint", impossible},
       }) {
    CAPTURE(arguments);
    const Result result = keel_program(arguments);
    CHECK(result.code == keel::kExitData);
    CHECK_THAT(result.err, ContainsSubstring("error: " + impossible) &&
                               ContainsSubstring("File name too long"));
  }
}

TEST_CASE("program: data list says which sets are there") {
  const TempFolder folder;
  const Result list = keel_program({"data", "list", "--data-dir", folder.path().string()});
  CHECK(list.code == keel::kExitDone);
  CHECK_THAT(list.out, ContainsSubstring("digits         28x28x1        10    10,000    2,000"));
  CHECK_THAT(list.out, ContainsSubstring("not here; keel data get mnist (11 MiB)"));
  for (const char* name : {"train-images", "train-labels", "t10k-images", "t10k-labels"}) {
    const std::string kind = std::string(name).find("images") != std::string::npos ? "3" : "1";
    folder.write("mnist/" + std::string(name) + "-idx" + kind + "-ubyte", "");
  }
  CHECK_THAT(keel_program({"data", "list", "--data-dir", folder.path().string()}).out,
             ContainsSubstring((folder.path() / "mnist").string() + "\n"));
}

TEST_CASE("program: data show draws a folder of images") {
  const TempFolder folder;
  for (const std::string path : {"ant/1.pgm", "ant/2.pgm", "bee/1.pgm", "bee/2.pgm"}) {
    folder.write("set/" + path, "P5 2 2 255\nabcd");
  }
  const auto sheet = folder.path() / "sheet.png";
  const std::vector<std::string> line{"data",  "show",         (folder.path() / "set").string(),
                                      "--out", sheet.string(), "--image-size",
                                      "28"};
  const Result result = keel_program(line);
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.out,
             ContainsSubstring("set: 2 training and 2 test images of 28x28x1, 2 classes\n"));
  const std::string plain = keel::read_file(sheet);
  CHECK(plain.substr(1, 3) == "PNG");

  auto augmented = line;
  augmented.insert(augmented.end(), {"--augment", "standard", "--seed", "5"});
  CHECK(keel_program(augmented).code == keel::kExitDone);
  CHECK(keel::read_file(sheet) != plain);

  folder.write("set/ant/3.pgm", "P5");
  CHECK(keel_program(line).code == keel::kExitData);
  auto tolerant = line;
  tolerant.push_back("--skip-bad-images");
  const Result skipping = keel_program(tolerant);
  CHECK(skipping.code == keel::kExitDone);
  CHECK_THAT(skipping.err, ContainsSubstring("skipped: ") && ContainsSubstring("3.pgm"));
}

TEST_CASE("program: data get refuses what cannot be downloaded") {
  const TempFolder folder;
  const Result result =
      keel_program({"data", "get", "digits", "--data-dir", folder.path().string()});
  CHECK(result.code == keel::kExitUsage);
  CHECK_THAT(result.err, ContainsSubstring("digits"));
  CHECK(keel_program({"data", "get", "imagenet"}).code == keel::kExitUsage);
}

TEST_CASE("program: a dry run of train says what it would do, and does nothing") {
  const TempFolder folder;
  const auto run = folder.path() / "run";
  const Result result = keel_program({"train", "--dry-run", "--limit-train", "100", "--batch-size",
                                      "25", "--epochs", "3", "--run", run.string()});
  CHECK(result.code == keel::kExitDone);
  CHECK_THAT(result.err, ContainsSubstring("3 epochs of 4 steps"));
  CHECK(!std::filesystem::exists(run));
}

TEST_CASE("program: summary prints a table, or says why the input does not fit") {
  const Result table = keel_program({"summary", "--model", "lenet5", "--norm", "none"});
  CHECK(table.code == keel::kExitDone);
  CHECK_THAT(table.out, ContainsSubstring("61,706"));
  const Result small = keel_program({"summary", "--model", "lenet5", "--input", "4x4x1"});
  CHECK(small.code == keel::kExitUsage);
  CHECK_THAT(small.err, ContainsSubstring("lenet5"));
}
