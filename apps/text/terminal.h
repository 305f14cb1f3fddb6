#pragma once
// What a person at a terminal sees while the program works.

#include <chrono>
#include <cstddef>
#include <iosfwd>
#include <string>
#include <string_view>

namespace keel {

/// What standard error can show.
struct Terminal {
  bool interactive = false;  ///< lines can be rewritten in place
  int width = 80;            ///< columns
  int height = 24;           ///< rows
  bool colour = false;
};

/// Colours are off without a terminal, with `no_color`, and where the environment variable NO_COLOR
/// is set (https://no-color.org).
Terminal stderr_terminal(bool no_color = false);

/// The columns of the terminal that standard output is; 0 where it is none.
std::size_t stdout_width();

/// Whether text may have characters beyond ASCII, by LC_ALL, LC_CTYPE or LANG.
bool has_unicode_locale();

enum class Style { kBold, kDim, kRed, kGreen, kYellow, kCyan };

/// The text in that style, or as it is where there are no colours.
std::string styled(std::string_view text, Style style, const Terminal& terminal);

/// A line on standard error: "error: ..." or "warning: ...".
void complain(std::string_view what, std::string_view message);

/// A line, or several, that tell how far the work has come: rewritten in place on a terminal, else
/// printed now and then as whole lines.
class StatusLine {
 public:
  using Seconds = std::chrono::duration<double>;

  /// `quiet` shows nothing at all. Updates that follow another within `interval` are dropped; the
  /// default is 0.1 s on a terminal and 10 s elsewhere.
  StatusLine(std::ostream& out, const Terminal& terminal, bool quiet = false);
  StatusLine(std::ostream& out, const Terminal& terminal, bool quiet, Seconds interval);
  /// Removes the lines if they can be rewritten.
  ~StatusLine();
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Whether show() would show something now; saves making a text for nothing.
  bool due() const;
  /// Replaces what is shown; `text` is without styles. On a terminal each of its lines is cut to
  /// the width, and those that the height has no room for are left out.
  void show(std::string_view text);
  /// A whole line that stays, above the rewritten ones.
  void print(std::string_view line);

 private:
  using Clock = std::chrono::steady_clock;
  std::string erasure();

  std::ostream& out_;
  const Terminal terminal_;
  const bool quiet_;
  const Seconds interval_;
  Clock::time_point last_ = Clock::time_point::min();
  int shown_ = 0;  // lines to rewrite
};

}  // namespace keel
