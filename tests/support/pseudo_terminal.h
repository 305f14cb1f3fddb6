#pragma once
// Another program, which sees a terminal.

#include <cerrno>
#include <csignal>
#include <string>
#include <vector>

#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <keel/core/error.h>

namespace keel::testing {

/// What the program writes to a terminal of that size until `enough(all so far)`, on which it is
/// killed. Throws Error where it ends before.
template <class F>
std::string output_on_terminal(std::vector<std::string> line, unsigned short columns,
                               unsigned short rows, F&& enough) {
  std::vector<char*> arguments;
  for (std::string& word : line) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  winsize size{};
  size.ws_col = columns;
  size.ws_row = rows;
  int terminal = -1;
  const ::pid_t child = ::forkpty(&terminal, nullptr, nullptr, &size);
  check(child >= 0, "cannot start {}", line.front());
  if (child == 0) {
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  std::string output;
  std::vector<char> buffer(1 << 12);
  bool ended = false;
  while (!ended && !enough(output)) {
    const ::ssize_t count = ::read(terminal, buffer.data(), buffer.size());
    if (count > 0) output.append(buffer.data(), static_cast<std::size_t>(count));
    ended = count == 0 || (count < 0 && errno != EINTR);  // EIO: nobody writes any longer
  }
  ::kill(-child, SIGTERM);  // forkpty has made it the leader of a group, with its children in it
  ::close(terminal);
  int status = 0;
  while (::waitpid(child, &status, 0) != child && errno == EINTR) continue;
  check(!ended, "{} ended with status {}: {}", line.front(), status, output);
  return output;
}

}  // namespace keel::testing
