#pragma once
// The whole program but its main().

#include <string>
#include <vector>

namespace keel {

/// Does what the arguments (without the program's name) ask for. Results go to standard output,
/// progress and errors to standard error. Returns the exit code (apps/exit_code.h).
int run_program(const std::vector<std::string>& arguments);

}  // namespace keel
