#include "apps/text/terminal.h"

#include <sstream>

#include "tests/support/environment.h"
#include "tests/support/test.h"

using keel::StatusLine;
using keel::Terminal;

namespace {

constexpr StatusLine::Seconds kNow{0}, kNever{1e6};
const Terminal kScreen{.interactive = true, .width = 10, .colour = true};
const Terminal kFile{};

}  // namespace

TEST_CASE("terminal: a status line is rewritten in place and cut to the width") {
  std::ostringstream out;
  {
    StatusLine line(out, kScreen, false, kNow);
    line.show("epoch 1");
    line.show("epoch 2 ± and more");
    CHECK(out.str() == "epoch 1\r\x1b[Kepoch 2 ±");
    line.print("done with epoch 2");
    CHECK(out.str() == "epoch 1\r\x1b[Kepoch 2 ±\r\x1b[Kdone with epoch 2\n");
    out.str("");
    line.show("last");
  }
  CHECK(out.str() == "last\r\x1b[K");
}

TEST_CASE("terminal: several lines are rewritten together, as many as there is room for") {
  std::ostringstream out;
  const Terminal low{.interactive = true, .width = 10, .height = 3};
  {
    StatusLine line(out, low, false, kNow);
    line.show("run 1\nrun 2 is too long");
    CHECK(out.str() == "run 1\nrun 2 is ");
    out.str("");
    line.show("run 3");
    CHECK(out.str() == "\r\x1b[K\x1b[A\r\x1b[Krun 3");
    out.str("");
    line.show("1\n2\n3");
    CHECK(out.str() == "\r\x1b[K1\n2");
    out.str("");
    line.print("done");
    CHECK(out.str() == "\r\x1b[K\x1b[A\r\x1b[Kdone\n");
    out.str("");
    line.show("");
    line.show("1\n2");
    out.str("");
  }
  CHECK(out.str() == "\r\x1b[K\x1b[A\r\x1b[K");
}

TEST_CASE("terminal: without a terminal there are whole lines alone") {
  std::ostringstream out;
  {
    StatusLine line(out, kFile, false, kNow);
    line.show("epoch 1 of a long line");
    line.print("epoch 2");
  }
  CHECK(out.str() == "epoch 1 of a long line\nepoch 2\n");
}

TEST_CASE("terminal: updates are rate limited, lines that stay are not") {
  std::ostringstream out;
  StatusLine line(out, kFile, false, kNever);
  CHECK(line.due());
  line.show("1");
  CHECK(!line.due());
  line.show("2");
  line.print("3");
  CHECK(out.str() == "1\n3\n");
}

TEST_CASE("terminal: quiet means nothing at all") {
  std::ostringstream out;
  {
    StatusLine line(out, kScreen, true, kNow);
    CHECK(!line.due());
    line.show("1");
    line.print("2");
  }
  CHECK(out.str().empty());
}

TEST_CASE("terminal: styles need colours") {
  CHECK(keel::styled("bad", keel::Style::kRed, kScreen) == "\x1b[31mbad\x1b[0m");
  CHECK(keel::styled("bad", keel::Style::kRed, kFile) == "bad");
}

TEST_CASE("terminal: no colours where they are not wanted") {
  CHECK(!keel::stderr_terminal(true).colour);
  const keel::testing::Environment no_color("NO_COLOR", "1");
  CHECK(!keel::stderr_terminal().colour);
  CHECK(keel::stderr_terminal().width > 0);
}

TEST_CASE("terminal: the locale says whether text may go beyond ASCII") {
  using keel::testing::Environment;
  const Environment all("LC_ALL", nullptr), type("LC_CTYPE", nullptr);
  const Environment language("LANG", "de_DE.UTF-8");
  CHECK(keel::has_unicode_locale());
  const Environment first("LC_ALL", "C");
  CHECK(!keel::has_unicode_locale());
}
