#pragma once
// Errors: what is wrong, where, and what was expected, in one exception that gathers its way up.

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace keel {

/// What went wrong, in the terms a caller (or the program's exit code) can act on.
enum class ErrorKind {
  kInvalid,   ///< an argument, shape or name that cannot work
  kData,      ///< a file, archive, checkpoint or download that cannot be used
  kDiverged,  ///< training produced a value that is not finite
};

/// An error of Keel. what() reads from the outside in: "in features.3: conv2d: weight [...] ...".
class Error : public std::runtime_error {
 public:
  explicit Error(std::string message, ErrorKind kind = ErrorKind::kInvalid)
      : std::runtime_error(""), message_(std::move(message)), kind_(kind) {}

  const char* what() const noexcept override { return message_.c_str(); }
  ErrorKind kind() const noexcept { return kind_; }

  /// Puts where it happened before the message; rethrow with `throw;`.
  void add_context(std::string_view where) { message_ = fmt::format("{}: {}", where, message_); }
  /// The same, but only the first, innermost place counts: containers call it on the way up.
  void locate(std::string_view where) {
    if (!std::exchange(located_, true)) add_context(where);
  }

 private:
  std::string message_;
  ErrorKind kind_;
  bool located_ = false;
};

/// Throws Error(kInvalid) with the formatted message unless `ok`. Nothing is formatted when it is.
template <class... Args>
void check(bool ok, fmt::format_string<Args...> format, Args&&... args) {
  if (!ok) throw Error(fmt::format(format, std::forward<Args>(args)...));
}

/// The same for files and data: throws Error(kData).
template <class... Args>
void check_data(bool ok, fmt::format_string<Args...> format, Args&&... args) {
  if (!ok) throw Error(fmt::format(format, std::forward<Args>(args)...), ErrorKind::kData);
}

}  // namespace keel
