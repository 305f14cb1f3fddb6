#include "apps/options/options.h"

#include <memory>

#include "apps/options/flags.h"
#include "apps/options/subcommands.h"
#include "apps/train/environment.h"

namespace keel {

Command parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App program("Trains image classifiers and compares their normalisations.", "keel");
  program.formatter(std::make_shared<HelpFormatter>());
  program.require_subcommand(0, 1);
  program.set_help_flag("-h,--help", "print this help");
  bool version = false;
  program.add_flag("--version", version, "print version, build type, ISA, BLAS core and threads");
  Command result;
  add_train(program, result);
  add_compare(program, arguments, result);
  add_report(program, result);
  add_reproduce(program, arguments, result);
  add_eval(program, result);
  add_fold(program, result);
  add_predict(program, result);
  add_summary(program, result);
  add_bench(program, result);
  add_data(program, result);
  add_norms(program, result);
  // Given last, for subcommands inherit it.
  program.footer(
      "Examples:\n"
      "  keel train --data digits --model lenet5 --norm group\n"
      "  keel compare --data digits --norms none,batch --seeds 3\n"
      "  keel eval --checkpoint runs/digits-lenet5-group-seed1/best.safetensors\n"
      "  keel data show digits --out digits.png\n"
      "\n"
      "More with keel SUBCOMMAND --help. Each setting of a run comes from its flag\n"
      "(--batch-size), else from the environment (KEEL_BATCH_SIZE; KEEL_DATASET for\n"
      "--data, KEEL_DATA for --data-dir), else from the file that --config names.");
  try {
    program.parse(std::vector<std::string>(arguments.rbegin(), arguments.rend()));
  } catch (const CLI::CallForHelp&) {
    return PrintCommand{program.help()};
  } catch (const CLI::ParseError& error) {
    report(program, error);
  }
  if (version) return PrintCommand{version_text() + "\n"};
  if (program.get_subcommands().empty()) return PrintCommand{program.help()};
  return result;
}

}  // namespace keel
