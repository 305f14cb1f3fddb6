#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

namespace keel {
namespace {

namespace fs = std::filesystem;

const char* const kTemporary = ".tmp";

std::string reason(int error_number) {
  return std::generic_category().message(error_number);
}

// A file descriptor that is closed on every way out.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return value_; }
  bool close() {
    const int value = std::exchange(value_, -1);
    return value < 0 || ::close(value) == 0;
  }
  int release() { return std::exchange(value_, -1); }

 private:
  int value_;
};

bool write_all(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

// Unique among processes and threads, and on the same file system as `path`, as rename needs.
fs::path temporary_beside(const fs::path& path) {
  static std::atomic<std::uint64_t> count{0};
  fs::path temporary = path;
  temporary += fmt::format(".{}-{}{}", ::getpid(), count++, kTemporary);
  return temporary;
}

constexpr const char* kLockFile = ".keel-lock";

}  // namespace

void write_file_atomically(const fs::path& path, std::string_view bytes) {
  write_file_atomically(path, std::span(&bytes, 1));
}

void write_file_atomically(const fs::path& path, std::span<const std::string_view> pieces) {
  const fs::path temporary = temporary_beside(path);
  const auto fail = [&](std::string_view step) {
    const int error_number = errno;
    ::unlink(temporary.c_str());
    throw Error(fmt::format("{}: cannot {}: {}", path.string(), step, reason(error_number)),
                ErrorKind::kData);
  };

  Descriptor file(::open(temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  if (file.get() < 0) fail("create a temporary file beside it");
  for (const std::string_view bytes : pieces) {
    if (!write_all(file.get(), bytes)) fail("write");
  }
  if (::fsync(file.get()) != 0) fail("flush to the disk");
  if (!file.close()) fail("close");
  if (::rename(temporary.c_str(), path.c_str()) != 0) fail("rename the finished file into place");

  // The new name itself survives a power failure only once its folder is flushed; some file systems
  // refuse that for folders, which takes nothing from the file's own consistency.
  const fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  Descriptor directory(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() >= 0) ::fsync(directory.get());
}

void flush_to_disk(const fs::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  check_data(file.get() >= 0 && ::fsync(file.get()) == 0, "{}: cannot flush to the disk: {}",
             path.string(), reason(errno));
}

void remove_temporary_files(const fs::path& folder) {
  std::vector<fs::path> leftovers;
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_regular_file() && entry.path().extension() == kTemporary) {
      leftovers.push_back(entry.path());
    }
  }
  for (const fs::path& path : leftovers) fs::remove(path);
}

bool make_folder(const fs::path& folder) {
  std::error_code error;
  const bool is_new = fs::create_directories(folder, error);
  check_data(!error, "{}: cannot make the folder: {}", folder.string(), error.message());
  return is_new;
}

bool is_locked(const fs::path& folder) {
  const Descriptor file(::open((folder / kLockFile).c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return errno != ENOENT;
  return ::flock(file.get(), LOCK_SH | LOCK_NB) != 0;  // which ends with the descriptor
}

FolderLock::FolderLock(const fs::path& folder, std::string_view instead)
    : file_(folder / kLockFile) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(3);
  while (!take()) {
    check_data(std::chrono::steady_clock::now() < deadline,
               "{} is in use by another keel{}: wait until it has ended, or choose {}",
               folder.string(), holder_, instead);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

bool FolderLock::take() {
  Descriptor file(::open(file_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666));
  check_data(file.get() >= 0, "{}: cannot create the file that locks the folder: {}",
             file_.string(), reason(errno));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    std::array<char, 20> text{};
    const ssize_t length = ::read(file.get(), text.data(), text.size());
    holder_ = length > 0
                  ? fmt::format(" (process {})",
                                std::string_view(text.data(), static_cast<std::size_t>(length)))
                  : "";
    return false;
  }
  // Whoever held it may have removed the file between the two calls: a lock of a file without a
  // name keeps nobody out.
  struct stat locked, named;
  if (::fstat(file.get(), &locked) != 0 || ::stat(file_.c_str(), &named) != 0 ||
      locked.st_ino != named.st_ino) {
    return false;
  }
  const bool written =
      ::ftruncate(file.get(), 0) == 0 && write_all(file.get(), fmt::to_string(::getpid()));
  check_data(written, "{}: cannot write: {}", file_.string(), reason(errno));
  descriptor_ = file.release();
  return true;
}

FolderLock::~FolderLock() {
  ::unlink(file_.c_str());
  ::close(descriptor_);
}

std::string folder_name(const fs::path& folder) {
  const fs::path path = (fs::current_path() / folder).lexically_normal();
  return (path / "").parent_path().filename().string();
}

InputFile::InputFile(const fs::path& path) : name_(path.string()) {
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  check_data(status.type() != fs::file_type::not_found, "{}: no such file", name_);
  check_data(!error, "{}: cannot read: {}", name_, error.message());
  check_data(fs::is_regular_file(status), "{}: expected a file, found something else", name_);
  errno = 0;
  stream_.open(path, std::ios::binary);
  check_data(stream_.is_open(), "{}: cannot open: {}", name_, reason(errno));
  // Of the file that was opened: another may have taken its name since.
  stream_.seekg(0, std::ios::end);
  size_ = static_cast<std::uint64_t>(stream_.tellg());
  stream_.seekg(0);
}

std::string InputFile::read(std::uint64_t count) {
  check_data(count <= size_ - offset_, "{}: offset {}: expected {} bytes, found {}", name_, offset_,
             count, size_ - offset_);
  std::string bytes(count, '\0');
  stream_.read(bytes.data(), static_cast<std::streamsize>(count));
  check_data(stream_.gcount() == static_cast<std::streamsize>(count),
             "{}: offset {}: expected {} bytes, could read {}", name_, offset_, count,
             stream_.gcount());
  offset_ += count;
  return bytes;
}

std::string read_file(const fs::path& path, std::uint64_t max_bytes) {
  InputFile file(path);
  check_data(file.size() <= max_bytes, "{}: expected at most {} bytes, found {}", path.string(),
             max_bytes, file.size());
  return file.read(file.size());
}

}  // namespace keel
