#include "apps/text/terminal.h"

#include <cstdlib>
#include <iostream>
#include <sstream>

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "apps/text/display_width.h"

namespace keel {
namespace {

constexpr StatusLine::Seconds kRewriteInterval{0.1}, kLineInterval{10};

bool is_set(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && *value != '\0';
}

int code(Style style) {
  switch (style) {
    case Style::kBold:
      return 1;
    case Style::kDim:
      return 2;
    case Style::kRed:
      return 31;
    case Style::kGreen:
      return 32;
    case Style::kYellow:
      return 33;
    case Style::kCyan:
      break;
  }
  return 36;
}

}  // namespace

Terminal stderr_terminal(bool no_color) {
  Terminal terminal;
  const char* type = std::getenv("TERM");
  terminal.interactive =
      ::isatty(STDERR_FILENO) == 1 && type != nullptr && std::string_view(type) != "dumb";
  terminal.colour = terminal.interactive && !no_color && !is_set("NO_COLOR");
  winsize size{};
  if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
    terminal.width = size.ws_col;
  }
  if (size.ws_row > 0) terminal.height = size.ws_row;
  return terminal;
}

std::size_t stdout_width() {
  winsize size{};
  return ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}

bool has_unicode_locale() {
  for (const char* variable : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    if (!is_set(variable)) continue;
    const std::string_view locale = std::getenv(variable);
    for (const std::string_view name : {"UTF-8", "utf8", "UTF8", "utf-8"}) {
      if (locale.find(name) != std::string_view::npos) return true;
    }
    return false;
  }
  return false;
}

std::string styled(std::string_view text, Style style, const Terminal& terminal) {
  return terminal.colour ? fmt::format("\x1b[{}m{}\x1b[0m", code(style), text) : std::string(text);
}

void complain(std::string_view what, std::string_view message) {
  const Terminal terminal = stderr_terminal();
  std::cerr << styled(what, what == "error" ? Style::kRed : Style::kYellow, terminal) << ": "
            << message << std::endl;
}

StatusLine::StatusLine(std::ostream& out, const Terminal& terminal, bool quiet)
    : StatusLine(out, terminal, quiet, terminal.interactive ? kRewriteInterval : kLineInterval) {}

StatusLine::StatusLine(std::ostream& out, const Terminal& terminal, bool quiet, Seconds interval)
    : out_(out), terminal_(terminal), quiet_(quiet), interval_(interval) {}

StatusLine::~StatusLine() {
  out_ << erasure() << std::flush;
}

bool StatusLine::due() const {
  if (quiet_) return false;
  return last_ == Clock::time_point::min() || Clock::now() - last_ >= interval_;
}

void StatusLine::show(std::string_view text) {
  if (!due()) return;
  // All at once, so that nothing is seen half rewritten.
  std::string output = erasure();
  if (terminal_.interactive) {
    std::istringstream lines{std::string(text)};
    std::string line;
    while (shown_ < terminal_.height - 1 && std::getline(lines, line)) {
      if (shown_++ > 0) output += '\n';
      // A line that fills the last column would wrap on some terminals.
      output += cut_to_width(line, static_cast<std::size_t>(terminal_.width - 1));
    }
  } else {
    output += text;
    output += '\n';
  }
  out_ << output << std::flush;
  last_ = Clock::now();
}

void StatusLine::print(std::string_view line) {
  if (quiet_) return;
  std::string output = erasure();
  output += line;
  out_ << output + '\n' << std::flush;
}

// What removes the lines that are shown; the cursor is behind the last one.
std::string StatusLine::erasure() {
  std::string text;
  for (; shown_ > 0; --shown_) text += shown_ > 1 ? "\r\x1b[K\x1b[A" : "\r\x1b[K";
  return text;
}

}  // namespace keel
