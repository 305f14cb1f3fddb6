#pragma once
// Training runs as processes of their own: `keel compare --jobs`.

#include <cstddef>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "apps/failure.h"

namespace keel {

/// Processes of this program, each with arguments of its own. They end when this process does,
/// however it ends; Ctrl-C reaches them through stop() alone.
class RunProcesses {
 public:
  RunProcesses() = default;
  ~RunProcesses();  ///< Kills what still runs.
  RunProcesses(const RunProcesses&) = delete;
  RunProcesses& operator=(const RunProcesses&) = delete;

  /// Starts `keel <arguments>`. Throws Error when the system does not let it.
  void start(std::size_t index, const std::vector<std::string>& arguments);

  /// A process that has ended.
  struct Ended {
    std::size_t index;   ///< as start() was given it
    int exit_code;       ///< 0 when a signal ended it
    int signal;          ///< that ended it, or 0
    std::string errors;  ///< what it wrote to standard error, at most the last 4 KiB

    /// What it says of itself, if it says something. The exit code of one that a signal ended, or
    /// that takes itself for done, is kExitInternal.
    Failure failure() const;
  };
  /// Those that have ended since the last call; does not wait.
  std::vector<Ended> collect();

  /// Asks each to finish its step, save and end.
  void stop() const;
  std::vector<std::size_t> running() const;

 private:
  struct CloseFile {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  struct Process {
    std::size_t index;
    pid_t pid;
    std::unique_ptr<std::FILE, CloseFile> errors;
  };
  std::vector<Process> processes_;
};

}  // namespace keel
