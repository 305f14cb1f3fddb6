#pragma once
// What the program tells the shell.

#include <keel/core/error.h>

namespace keel {

enum ExitCode : int {
  kExitDone = 0,
  kExitInternal = 1,      ///< a fault of the program's own, such as a wrong gradient, or no memory
  kExitUsage = 2,         ///< a flag, name or combination that cannot work
  kExitData = 3,          ///< a file or data set that cannot be used
  kExitDiverged = 4,      ///< training produced a value that is not finite
  kExitInterrupted = 130  ///< ended by Ctrl-C or SIGTERM, after saving
};

constexpr ExitCode exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kInvalid:
      return kExitUsage;
    case ErrorKind::kData:
      return kExitData;
    case ErrorKind::kDiverged:
      break;
  }
  return kExitDiverged;
}

}  // namespace keel
