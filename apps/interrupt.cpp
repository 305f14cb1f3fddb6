#include "apps/interrupt.h"

#include <csignal>

#include <unistd.h>

namespace keel {
namespace {

volatile std::sig_atomic_t signals = 0;

extern "C" void on_signal(int) {
  signals = signals + 1;
  if (signals > 1) _exit(130);
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
  set_handler(on_signal);
}

InterruptHandler::~InterruptHandler() {
  set_handler(SIG_DFL);
}

bool interrupted() {
  return signals > 0;
}

}  // namespace keel
