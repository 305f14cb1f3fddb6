#pragma once
// Ctrl-C and SIGTERM: the first asks the program to finish what it is at, the second ends it.

namespace keel {

/// Handles SIGINT and SIGTERM while it lives.
class InterruptHandler {
 public:
  InterruptHandler();
  ~InterruptHandler();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;
};

/// Whether such a signal has come since the handler was made.
bool interrupted();

}  // namespace keel
