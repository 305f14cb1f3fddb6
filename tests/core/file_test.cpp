#include <fmt/core.h>
#include <unistd.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "tests/support/test.h"

namespace fs = std::filesystem;

namespace {

struct TemporaryFolder {
  fs::path path = fs::temp_directory_path() / fmt::format("keel-file-test-{}", ::getpid());
  TemporaryFolder() { fs::create_directories(path); }
  ~TemporaryFolder() { fs::remove_all(path); }

  int entries() const {
    return static_cast<int>(std::distance(fs::directory_iterator(path), fs::directory_iterator()));
  }
};

}  // namespace

TEST_CASE("a written file reads back whole and leaves nothing beside it") {
  const TemporaryFolder folder;
  const fs::path path = folder.path / "file";
  const std::string bytes("zero \0 and a line end\r\n", 23);
  keel::write_file_atomically(path, bytes);
  CHECK(keel::read_file(path) == bytes);

  keel::write_file_atomically(path, "shorter");
  CHECK(keel::read_file(path) == "shorter");
  keel::write_file_atomically(path, "");
  CHECK(keel::read_file(path).empty());
  CHECK(folder.entries() == 1);
}

TEST_CASE("a write that fails names the file and leaves the folder as it was") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(keel::write_file_atomically(folder.path / "missing" / "file", "x"),
                    ContainsSubstring("missing/file: cannot create a temporary file beside it: No "
                                      "such file or directory"));

  const fs::path occupied = folder.path / "occupied";
  fs::create_directories(occupied / "child");
  try {
    keel::write_file_atomically(occupied, "x");
    FAIL("replaced a folder by a file");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("occupied: cannot rename"));
  }
  CHECK(fs::is_directory(occupied));
  CHECK(folder.entries() == 1);
}

TEST_CASE("reading refuses what is missing, no file, or too large") {
  const TemporaryFolder folder;
  CHECK_THROWS_WITH(keel::read_file(folder.path / "none"), ContainsSubstring("no such file"));
  CHECK_THROWS_WITH(keel::read_file(folder.path), ContainsSubstring("expected a file"));

  const fs::path path = folder.path / "file";
  keel::write_file_atomically(path, "12345");
  CHECK(keel::read_file(path, 5) == "12345");
  CHECK_THROWS_WITH(keel::read_file(path, 4),
                    ContainsSubstring("expected at most 4 bytes, found 5"));
}
