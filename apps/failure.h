#pragma once
// What went wrong, for a person and for the shell.

#include <string>

namespace keel {

struct Failure {
  std::string message;
  int exit_code;
};

/// Of the exception that is being handled, which is a std::exception.
Failure current_failure();

}  // namespace keel
