#include "apps/interrupt.h"

#include <csignal>

#include <unistd.h>

#include "apps/exit_code.h"

namespace keel {
namespace {

volatile std::sig_atomic_t signals = 0, asking = 0;

extern "C" void on_signal(int) {
  signals = signals + 1;
  if (signals > asking) _exit(kExitInterrupted);
}

void set_handler(void (*handler)(int)) {
  struct sigaction action {};
  action.sa_handler = handler;
  action.sa_flags = SA_RESTART;  // reads and writes under way are not failures
  sigemptyset(&action.sa_mask);
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
}

}  // namespace

InterruptHandler::InterruptHandler() {
  signals = 0;
  asking = 0;
  set_handler(on_signal);
}

// No signal reaches an object: the state of the handler that lives stands above.
// NOLINTNEXTLINE(readability-convert-member-functions-to-static)
void InterruptHandler::ask_first() {
  asking = 1;
}

InterruptHandler::~InterruptHandler() {
  set_handler(SIG_DFL);
}

bool interrupted() {
  return signals > 0;
}

}  // namespace keel
