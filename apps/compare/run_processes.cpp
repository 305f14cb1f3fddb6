#include "apps/compare/run_processes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <keel/core/error.h>

#include "apps/exit_code.h"

namespace keel {
namespace {

constexpr const char* kThisProgram = "/proc/self/exe";

std::string end_of(std::FILE* file) {
  std::array<char, 4096> text{};
  std::fseek(file, 0, SEEK_END);
  const long size = std::ftell(file);
  std::fseek(file, std::max(0L, size - static_cast<long>(text.size())), SEEK_SET);
  return {text.data(), std::fread(text.data(), 1, text.size(), file)};
}

// SIGINT and SIGTERM are held back while it lives.
class HeldInterrupts {
 public:
  HeldInterrupts() {
    sigset_t interrupts;
    sigemptyset(&interrupts);
    sigaddset(&interrupts, SIGINT);
    sigaddset(&interrupts, SIGTERM);
    ::pthread_sigmask(SIG_BLOCK, &interrupts, &before_);
  }
  ~HeldInterrupts() { let_go(); }
  HeldInterrupts(const HeldInterrupts&) = delete;
  HeldInterrupts& operator=(const HeldInterrupts&) = delete;
  void let_go() const { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_;
};

// After fork() and before exec(): nothing here may allocate or lock.
[[noreturn]] void become(char* const* arguments, int errors, pid_t parent,
                         const HeldInterrupts& held) {
  ::signal(SIGINT, SIG_DFL);  // this program's handler would keep the signal from the next one
  ::signal(SIGTERM, SIG_DFL);
  held.let_go();
  ::setpgid(0, 0);  // or a Ctrl-C at the terminal would count twice
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);  // which ended before it could be told
  const int nothing = ::open("/dev/null", O_RDWR);
  ::dup2(nothing, STDIN_FILENO);
  ::dup2(nothing, STDOUT_FILENO);
  ::dup2(errors, STDERR_FILENO);
  ::execv(kThisProgram, arguments);
  ::_exit(127);
}

}  // namespace

Failure RunProcesses::Ended::failure() const {
  if (signal > 0) {
    return {fmt::format("its process was ended by signal {} ({}){}", signal, ::strsignal(signal),
                        signal == SIGKILL ? ", as the system does when memory runs short: fewer "
                                            "--jobs need less"
                                          : ""),
            kExitInternal};
  }
  const std::string mark = "\nerror: ";
  const std::string lines = "\n" + errors;
  const std::size_t found = lines.find(mark);
  std::string message = found == std::string::npos ? errors : lines.substr(found + mark.size());
  message.erase(message.find_last_not_of(" \n") + 1);
  if (message.empty()) message = fmt::format("its process ended with exit code {}", exit_code);
  return {message, exit_code == kExitDone ? kExitInternal : exit_code};
}

RunProcesses::~RunProcesses() {
  for (const Process& process : processes_) {
    ::kill(process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
  }
}

void RunProcesses::start(std::size_t index, const std::vector<std::string>& arguments) {
  Process process{index, 0, std::unique_ptr<std::FILE, CloseFile>(std::tmpfile())};
  check(process.errors != nullptr, "no temporary file for a run's messages: {}",
        std::strerror(errno));
  std::vector<std::string> words{"keel"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t parent = ::getpid();
  const HeldInterrupts held;
  process.pid = ::fork();
  check(process.pid >= 0, "a run's process cannot be started: {}", std::strerror(errno));
  if (process.pid == 0) become(pointers.data(), ::fileno(process.errors.get()), parent, held);
  processes_.push_back(std::move(process));
}

std::vector<RunProcesses::Ended> RunProcesses::collect() {
  std::vector<Ended> ended;
  for (auto process = processes_.begin(); process != processes_.end();) {
    int status = 0;
    if (::waitpid(process->pid, &status, WNOHANG) == process->pid) {
      const bool exited = WIFEXITED(status);
      ended.push_back({process->index, exited ? WEXITSTATUS(status) : 0,
                       exited ? 0 : WTERMSIG(status), end_of(process->errors.get())});
      process = processes_.erase(process);
    } else {
      ++process;
    }
  }
  return ended;
}

void RunProcesses::stop() const {
  for (const Process& process : processes_) ::kill(process.pid, SIGTERM);
}

std::vector<std::size_t> RunProcesses::running() const {
  std::vector<std::size_t> indices;
  for (const Process& process : processes_) indices.push_back(process.index);
  return indices;
}

}  // namespace keel
