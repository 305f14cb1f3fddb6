#pragma once
// What the command line makes of its arguments.

#include <string>
#include <vector>

#include <keel/core/error.h>

#include "apps/options/options.h"
#include "tests/support/test.h"

namespace keel::testing {

using Line = std::vector<std::string>;

template <class Command>
Command parse(const Line& arguments) {
  return std::get<Command>(parse_command_line(arguments));
}

/// What is wrong with the arguments.
inline std::string complaint(const Line& arguments, ErrorKind kind = ErrorKind::kInvalid) {
  try {
    parse_command_line(arguments);
  } catch (const Error& error) {
    CHECK(error.kind() == kind);
    return error.what();
  }
  return "no error";
}

}  // namespace keel::testing
