#pragma once
// Ctrl-C and SIGTERM: where there is something to save, the first asks the program to finish what
// it is at, and the second ends it.

namespace keel {

/// Handles SIGINT and SIGTERM while it lives: the program ends at once, with exit code 130.
class InterruptHandler {
 public:
  InterruptHandler();
  ~InterruptHandler();
  /// From now on it ends with the second signal, and interrupted() tells of the first.
  void ask_first();
  InterruptHandler(const InterruptHandler&) = delete;
  InterruptHandler& operator=(const InterruptHandler&) = delete;
};

/// Whether such a signal has come that asks the program to end.
bool interrupted();

}  // namespace keel
