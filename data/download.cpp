#include <array>
#include <exception>
#include <fstream>
#include <memory>
#include <system_error>
#include <utility>

#include <curl/curl.h>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/data/checksum.h>
#include <keel/data/download.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

std::uint64_t size_or_zero(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return error ? 0 : size;
}

// One request to one mirror, whose answer goes to the end of the part file.
class Transfer {
 public:
  Transfer(const RemoteFile& file, fs::path part, const DownloadProgress& progress)
      : file_(file),
        part_(std::move(part)),
        progress_(progress),
        curl_(curl_easy_init(), curl_easy_cleanup) {
    check(curl_ != nullptr, "download: libcurl cannot be started");
  }

  // Returns what went wrong, or nothing when the part file is complete.
  std::string run(const std::string& url) {
    done_ = size_or_zero(part_);
    stream_.open(part_, std::ios::binary | std::ios::app);
    if (!stream_.is_open()) return fmt::format("cannot write {}", part_.string());
    const std::string range = fmt::format("{}-", done_);
    std::array<char, CURL_ERROR_SIZE> detail{};
    set(CURLOPT_URL, url.c_str());
    if (done_ > 0) set(CURLOPT_RANGE, range.c_str());
    set(CURLOPT_ERRORBUFFER, detail.data());
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, 5L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, 20L);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);  // bytes a second, for
    set(CURLOPT_LOW_SPEED_TIME, 60L);  // seconds: a connection that hangs
    set(CURLOPT_USERAGENT, "keel");
    set(CURLOPT_WRITEFUNCTION, &Transfer::receive);
    set(CURLOPT_WRITEDATA, this);
    const CURLcode result = curl_easy_perform(curl_.get());
    stream_.close();  // flushes, which fails on a full disk
    if (problem_.empty() && !stream_) problem_ = fmt::format("cannot write {}", part_.string());
    if (thrown_) std::rethrow_exception(thrown_);

    if (status() >= 400) {
      if (status() == 416) fs::remove(part_);  // no such range: the part cannot be of this file
      return fmt::format("the server answers {}", status());
    }
    if (!problem_.empty()) return problem_;
    if (result != CURLE_OK) {
      return fmt::format("{} ({} of {} bytes are here)",
                         detail[0] != '\0' ? detail.data() : curl_easy_strerror(result), done_,
                         file_.bytes);
    }
    if (done_ == file_.bytes) return {};
    fs::remove(part_);
    return fmt::format("expected a file of {} bytes, found {}", file_.bytes, done_);
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(curl_.get(), option, value);
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  static std::size_t receive(char* bytes, std::size_t, std::size_t count, void* transfer) {
    auto& self = *static_cast<Transfer*>(transfer);
    try {
      return self.append(bytes, count) ? count : 0;
    } catch (...) {  // must not pass through libcurl, which is C
      self.thrown_ = std::current_exception();
      return 0;
    }
  }

  bool append(const char* bytes, std::size_t count) {
    constexpr long kPartialContent = 206;
    if (std::exchange(is_first_, false) && done_ > 0 && status() != kPartialContent) {
      // The server ignores the range and sends the file from its start.
      stream_.close();
      stream_.open(part_, std::ios::binary | std::ios::trunc);
      done_ = 0;
    }
    if (done_ + count > file_.bytes) {
      stream_.close();
      fs::remove(part_);
      problem_ = fmt::format("expected a file of {} bytes, found more", file_.bytes);
      return false;
    }
    if (!stream_.write(bytes, static_cast<std::streamsize>(count))) {
      problem_ = fmt::format("cannot write {}", part_.string());
      return false;
    }
    done_ += count;
    if (progress_) progress_(file_.name, done_, file_.bytes);
    return true;
  }

  const RemoteFile& file_;
  fs::path part_;
  const DownloadProgress& progress_;
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
  std::ofstream stream_;
  std::uint64_t done_ = 0;  // bytes in the part file
  bool is_first_ = true;
  std::string problem_;
  std::exception_ptr thrown_;
};

// Completes the part file from one mirror and gives it its name. Returns what went wrong.
std::string fetch(const RemoteFile& file, const std::string& url, const fs::path& part,
                  const fs::path& target, const DownloadProgress& progress) {
  if (size_or_zero(part) > file.bytes) fs::remove(part);
  if (size_or_zero(part) < file.bytes) {
    std::string problem = Transfer(file, part, progress).run(url);
    if (!problem.empty()) return problem;
  }
  const std::string found = sha256_of_file(part);
  if (found != file.sha256) {
    fs::remove(part);
    return fmt::format("expected the SHA-256 {}, found {}; what arrived was removed", file.sha256,
                       found);
  }
  std::error_code error;
  fs::rename(part, target, error);
  return error ? fmt::format("cannot write {}: {}", target.string(), error.message()) : "";
}

}  // namespace

fs::path download_file(const RemoteFile& file, const fs::path& folder,
                       const DownloadProgress& progress) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  check(started == CURLE_OK, "download: {}", curl_easy_strerror(started));
  const bool is_new_folder = make_folder(folder);

  fs::path target = folder / file.name;
  if (size_or_zero(target) == file.bytes && sha256_of_file(target) == file.sha256) return target;
  fs::path part = target;
  part += ".part";
  std::string problems;
  for (const std::string& url : file.urls) {
    const std::string problem = fetch(file, url, part, target, progress);
    if (problem.empty()) return target;
    problems += fmt::format("\n  {}: {}", url, problem);
  }
  std::error_code ignored;
  if (size_or_zero(part) == 0) {
    fs::remove(part, ignored);
    if (is_new_folder) fs::remove(folder, ignored);
  }
  throw Error(
      fmt::format("{} cannot be downloaded:{}\nTry again later (what has arrived is kept), or "
                  "put the file into {} yourself",
                  file.name, problems, folder.string()),
      ErrorKind::kData);
}

fs::path download_dataset(const KnownSet& set, const fs::path& dir,
                          const DownloadProgress& progress) {
  check(!set.files.empty(), "{}: Keel draws this set itself, there is nothing to download",
        set.name);
  fs::path folder = dir / set.name;
  for (const RemoteFile& file : set.files) download_file(file, folder, progress);
  return folder;
}

}  // namespace keel
