#include <atomic>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>

#include <sys/wait.h>
#include <unistd.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using keel::testing::TempFolder;

namespace {

auto entries(const fs::path& folder) {
  return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

}  // namespace

TEST_CASE("a written file reads back whole and leaves nothing beside it") {
  const TempFolder folder;
  const fs::path path = folder.path() / "file";
  const std::string bytes("zero \0 and a line end\r\n", 23);
  keel::write_file_atomically(path, bytes);
  CHECK(keel::read_file(path) == bytes);

  keel::write_file_atomically(path, "shorter");
  CHECK(keel::read_file(path) == "shorter");
  keel::write_file_atomically(path, "");
  CHECK(keel::read_file(path).empty());
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("pieces are written one after the other") {
  const TempFolder folder;
  const std::vector<std::string_view> pieces{"one", "", " two"};
  keel::write_file_atomically(folder.path() / "file", pieces);
  CHECK(keel::read_file(folder.path() / "file") == "one two");
}

TEST_CASE("a write that fails names the file and leaves the folder as it was") {
  const TempFolder folder;
  CHECK_THROWS_WITH(keel::write_file_atomically(folder.path() / "missing" / "file", "x"),
                    ContainsSubstring("missing/file: cannot create a temporary file beside it: No "
                                      "such file or directory"));

  const fs::path occupied = folder.path() / "occupied";
  fs::create_directories(occupied / "child");
  try {
    keel::write_file_atomically(occupied, "x");
    FAIL("replaced a folder by a file");
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("occupied: cannot rename"));
  }
  CHECK(fs::is_directory(occupied));
  CHECK(entries(folder.path()) == 1);
}

TEST_CASE("a locked folder is refused to others until the lock ends, and bears no trace of it") {
  const TempFolder folder;
  {
    const keel::FolderLock lock(folder.path(), "another --out");
    CHECK(keel::is_locked(folder.path()));
    try {
      const keel::FolderLock second(folder.path(), "another --out");
      FAIL("locked twice");
    } catch (const keel::Error& error) {
      CHECK(error.kind() == keel::ErrorKind::kData);
      CHECK(error.what() ==
            fmt::format("{} is in use by another keel (process {}): wait until it has ended, or "
                        "choose another --out",
                        folder.path().string(), ::getpid()));
    }
  }
  CHECK(fs::is_empty(folder.path()));
  CHECK_FALSE(keel::is_locked(folder.path()));
  const keel::FolderLock again(folder.path(), "another --out");
  CHECK_THROWS_WITH(keel::FolderLock(folder.path() / "none", ""),
                    ContainsSubstring("cannot create the file that locks the folder: No such"));
}

TEST_CASE("a folder that a killed process had locked is free, also while a child of it lives") {
  const TempFolder folder;
  const fs::path ready = folder.path() / "ready";
  const pid_t holder = ::fork();
  if (holder == 0) {
    ::setpgid(0, 0);
    const keel::FolderLock lock(folder.path(), "another --out");
    if (::fork() == 0) ::execl("/bin/sleep", "sleep", "20", nullptr);
    folder.write("ready", "");
    ::pause();
  }
  while (!fs::exists(ready)) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK_THROWS_WITH(keel::FolderLock(folder.path(), "another --out"),
                    ContainsSubstring(fmt::format("process {}", holder)));
  ::kill(holder, SIGKILL);
  ::waitpid(holder, nullptr, 0);
  CHECK(fs::exists(folder.path() / ".keel-lock"));
  CHECK_FALSE(keel::is_locked(folder.path()));
  CHECK_NOTHROW(keel::FolderLock(folder.path(), "another --out"));
  ::kill(-holder, SIGKILL);
}

TEST_CASE("reading refuses what is missing, no file, or too large") {
  const TempFolder folder;
  CHECK_THROWS_WITH(keel::read_file(folder.path() / "none"), ContainsSubstring("no such file"));
  CHECK_THROWS_WITH(keel::read_file(folder.path()), ContainsSubstring("expected a file"));

  const fs::path path = folder.path() / "file";
  keel::write_file_atomically(path, "12345");
  CHECK(keel::read_file(path, 5) == "12345");
  CHECK_THROWS_WITH(keel::read_file(path, 4),
                    ContainsSubstring("expected at most 4 bytes, found 5"));
}

TEST_CASE("a file is read piece by piece, never beyond its end") {
  const TempFolder folder;
  keel::write_file_atomically(folder.path() / "file", "onetwo");
  keel::InputFile file(folder.path() / "file");
  CHECK(file.size() == 6);
  CHECK(file.read(3) == "one");
  CHECK_THROWS_WITH(file.read(std::uint64_t{1} << 60),
                    ContainsSubstring("offset 3: expected 1152921504606846976 bytes, found 3"));
  CHECK(file.read(3) == "two");
}

TEST_CASE("a file that is replaced while it is read is the old one or the new one") {
  const TempFolder folder;
  const fs::path path = folder.path() / "file", other = folder.path() / "other";
  const std::string brief(10, 'a'), lengthy(5000, 'b');
  folder.write("file", brief);
  std::atomic<bool> done = false;
  std::thread writer([&] {
    for (int i = 0; i < 300; ++i) {
      std::ofstream(other) << (i % 2 == 0 ? lengthy : brief);
      fs::rename(other, path);
    }
    done = true;
  });
  const auto is_whole = [&] {
    try {
      const std::string read = keel::read_file(path);
      return read == brief || read == lengthy;
    } catch (const keel::Error&) {
      return false;
    }
  };
  int halves = 0;
  while (!done) {
    if (!is_whole()) ++halves;
  }
  writer.join();
  CHECK(halves == 0);
}
