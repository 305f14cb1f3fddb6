#include <stdexcept>
#include <string>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/checksum.h>
#include <keel/data/download.h>

#include "tests/support/environment.h"
#include "tests/support/http_server.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

namespace fs = std::filesystem;
using keel::testing::http_answer;
using keel::testing::HttpRequest;
using keel::testing::HttpServer;
using keel::testing::TempFolder;

namespace {

// 300,000 bytes: more than one packet of the loopback.
std::string make_content() {
  std::string content;
  for (std::uint64_t i = 0; i < 300'000; ++i)
    content += static_cast<char>((i * i + i / 256) & 0xFF);
  return content;
}
const std::string kContent = make_content();

// What a decent server sends for kContent: all of it, or what was asked for.
std::string serve_content(const HttpRequest& request) {
  if (!request.range_start) return http_answer("200 OK", kContent);
  return http_answer("206 Partial Content", kContent.substr(*request.range_start));
}

// A download of kContent into a fresh folder.
struct Fixture {
  TempFolder folder;
  keel::testing::Environment no_proxy{"no_proxy", "*"};
  keel::RemoteFile file{"set.bin", kContent.size(), "", {}};
  fs::path part = folder.path() / "set.bin.part";

  Fixture() { file.sha256 = keel::sha256_of_file(folder.write("truth", kContent)); }

  std::string download() const { return keel::read_file(keel::download_file(file, folder.path())); }
  void fails(const std::string& message) const {
    CHECK_THROWS_WITH(download(), ContainsSubstring(message));
    CHECK_FALSE(fs::exists(folder.path() / "set.bin"));
  }
};

}  // namespace

TEST_CASE_METHOD(Fixture, "download: a file arrives whole, with its progress, once") {
  const HttpServer server(serve_content);
  file.urls = {server.url("set.bin")};
  std::uint64_t last = 0;
  const fs::path deeper = folder.path() / "a" / "b";
  keel::download_file(file, deeper,
                      [&](const std::string& name, std::uint64_t done, std::uint64_t total) {
                        CHECK(name == "set.bin");
                        CHECK(done > last);
                        CHECK(total == kContent.size());
                        last = done;
                      });
  CHECK(last == kContent.size());
  CHECK(keel::read_file(deeper / "set.bin") == kContent);
  CHECK_FALSE(fs::exists(deeper / "set.bin.part"));

  keel::download_file(file, deeper);
  REQUIRE(server.requests().size() == 1);
  CHECK(server.requests()[0].path == "/set.bin");
  CHECK_FALSE(server.requests()[0].range_start.has_value());
}

TEST_CASE_METHOD(Fixture, "download: a part is resumed") {
  const HttpServer server(serve_content);
  file.urls = {server.url("set.bin")};
  folder.write("set.bin.part", kContent.substr(0, 100'000));
  CHECK(download() == kContent);
  CHECK(server.requests().at(0).range_start == 100'000);
}

TEST_CASE_METHOD(Fixture, "download: a server that ignores the range sends all, which is taken") {
  const HttpServer server([](const HttpRequest&) { return http_answer("200 OK", kContent); });
  file.urls = {server.url("set.bin")};
  folder.write("set.bin.part", kContent.substr(0, 100'000));
  CHECK(download() == kContent);
}

TEST_CASE_METHOD(Fixture, "download: a complete part needs no server, an overlong one is dropped") {
  const HttpServer server(serve_content);
  folder.write("set.bin.part", kContent);
  file.urls = {"http://127.0.0.1:1/"};
  CHECK(download() == kContent);
  fs::remove(folder.path() / "set.bin");
  folder.write("set.bin.part", kContent + "x");
  file.urls = {server.url("set.bin")};
  CHECK(download() == kContent);
}

TEST_CASE_METHOD(Fixture, "download: the next mirror helps where one cannot") {
  const HttpServer bad([](const HttpRequest&) { return http_answer("404 Not Found", "no"); });
  const HttpServer good(serve_content);
  file.urls = {bad.url("x"), good.url("set.bin")};
  CHECK(download() == kContent);
}

TEST_CASE_METHOD(Fixture, "download: redirections are followed") {
  const HttpServer good(serve_content);
  const HttpServer moved([&](const HttpRequest&) {
    return "HTTP/1.1 302 Found\r\nLocation: " + good.url("set.bin") +
           "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
  });
  file.urls = {moved.url("old")};
  CHECK(download() == kContent);
}

TEST_CASE_METHOD(Fixture, "download: the next mirror goes on where a connection broke off") {
  const HttpServer broken([](const HttpRequest&) {
    return http_answer("200 OK", kContent.substr(0, 120'000), kContent.size());
  });
  file.urls = {broken.url("set.bin")};
  fails("120000 of 300000 bytes are here");
  CHECK(fs::file_size(part) == 120'000);

  const HttpServer good(serve_content);
  fs::remove(part);
  file.urls = {broken.url("set.bin"), good.url("set.bin")};
  CHECK(download() == kContent);
  CHECK(good.requests().at(0).range_start == 120'000);
}

TEST_CASE_METHOD(Fixture, "download: what is not the file is refused and removed") {
  const auto refuses = [&](const std::string& status, const std::string& body,
                           const std::string& message) {
    const HttpServer server([&](const HttpRequest&) { return http_answer(status, body); });
    file.urls = {server.url("set.bin")};
    fails(message);
    CHECK_FALSE(fs::exists(part));
  };
  std::string altered = kContent;
  altered[5] ^= 1;
  const std::string found = keel::sha256_of_file(folder.write("altered", altered));
  refuses("200 OK", altered, "expected the SHA-256 " + file.sha256 + ", found " + found);
  refuses("200 OK", "<html>log in first</html>", "expected a file of 300000 bytes, found 25");
  refuses("200 OK", kContent + "x", "expected a file of 300000 bytes, found more");
  folder.write("set.bin.part", "of some other file");
  refuses("416 Range Not Satisfiable", "", "the server answers 416");
}

TEST_CASE_METHOD(Fixture, "download: failures name every mirror and its reason") {
  std::string gone;
  {
    const HttpServer server(serve_content);
    gone = server.url("set.bin");
  }
  const HttpServer missing([](const HttpRequest&) { return http_answer("404 Not Found", ""); });
  file.urls = {gone, missing.url("set.bin")};
  fails(gone + ": Failed to connect");
  fails(missing.url("set.bin") + ": the server answers 404");
  CHECK_FALSE(fs::exists(part));  // nothing arrived, nothing is left
  CHECK_THROWS(keel::download_file(file, folder.path() / "new"));
  CHECK_FALSE(fs::exists(folder.path() / "new"));
  CHECK_THROWS_WITH(keel::download_file(file, folder.path() / "truth" / "below"),
                    ContainsSubstring("cannot make the folder"));
}

TEST_CASE_METHOD(Fixture, "download: an exception in the progress function ends it") {
  const HttpServer server(serve_content);
  file.urls = {server.url("set.bin")};
  const auto stop = [](const std::string&, std::uint64_t, std::uint64_t) {
    throw std::runtime_error("enough");
  };
  CHECK_THROWS_WITH(keel::download_file(file, folder.path(), stop), "enough");
  CHECK(download() == kContent);
}

TEST_CASE_METHOD(Fixture, "download: a set goes to the folder of its name") {
  const HttpServer server(serve_content);
  keel::KnownSet set = keel::known_set("mnist");
  set.files = {file, file};
  set.files[1].name = "other.bin";
  for (keel::RemoteFile& each : set.files) each.urls = {server.url(each.name)};
  CHECK(keel::download_dataset(set, folder.path()) == folder.path() / "mnist");
  CHECK(keel::read_file(folder.path() / "mnist" / "other.bin") == kContent);
  CHECK_THROWS_WITH(keel::download_dataset(keel::known_set("digits"), folder.path()),
                    ContainsSubstring("nothing to download"));
}
