#pragma once
// Another program, as a child process.

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <keel/core/error.h>

namespace keel::testing {

/// Runs with nothing to read; what it writes goes nowhere. Killed at the end of the scope.
class Process {
 public:
  explicit Process(std::vector<std::string> line) {
    std::vector<char*> arguments;
    for (std::string& word : line) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    child_ = ::fork();
    check(child_ >= 0, "cannot start {}", line.front());
    if (child_ != 0) return;
    const int nowhere = ::open("/dev/null", O_RDWR);
    for (const int stream : {0, 1, 2}) ::dup2(nowhere, stream);
    ::execv(arguments.front(), arguments.data());
    ::_exit(127);
  }
  ~Process() {
    if (!running()) return;
    signal(SIGKILL);
    wait();
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  bool running() {
    if (!ended_ && ::waitpid(child_, &status_, WNOHANG) == child_) ended_ = true;
    return !ended_;
  }
  void signal(int number) {
    if (running()) ::kill(child_, number);
  }
  /// Whether the program has a handler for the signal.
  bool handles(int number) const {
    const auto program = [](const std::string& process) {
      return std::filesystem::read_symlink("/proc/" + process + "/exe");
    };
    if (program(std::to_string(child_)) == program("self")) return false;  // it is not there yet
    std::ifstream status(fmt::format("/proc/{}/status", child_));
    const std::string field = "SigCgt:";
    for (std::string line; std::getline(status, line);) {
      if (!line.starts_with(field)) continue;
      return (std::stoull(line.substr(field.size()), nullptr, 16) >> (number - 1) & 1) != 0;
    }
    return false;
  }
  /// The exit code, or minus the number of the signal that ended it.
  int wait() {
    while (!ended_) ended_ = ::waitpid(child_, &status_, 0) == child_ || errno != EINTR;
    return WIFSIGNALED(status_) ? -WTERMSIG(status_) : WEXITSTATUS(status_);
  }

 private:
  ::pid_t child_ = -1;
  int status_ = 0;
  bool ended_ = false;
};

}  // namespace keel::testing
