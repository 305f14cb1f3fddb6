#pragma once
// Whole files: read within a bound, written so that a reader or a crash never sees half of one; and
// folders that one process writes into at a time.

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <string>
#include <string_view>

namespace keel {

/// Writes `bytes` to a temporary file beside `path`, flushes it to the disk and renames it to
/// `path`, replacing what was there. On failure the old file is untouched and no temporary remains.
/// Throws Error(kData) that names the file, the step and the system's reason.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);
/// The same for content that lies in several pieces, written one after the other.
void write_file_atomically(const std::filesystem::path& path,
                           std::span<const std::string_view> pieces);

/// Waits until what was written to the file is on the disk. Throws Error(kData).
void flush_to_disk(const std::filesystem::path& path);

/// Removes the temporary files that writers into the folder left when they were killed. Nobody may
/// be writing into it.
void remove_temporary_files(const std::filesystem::path& folder);

/// Makes the folder, and those that it lies in; false if it was there.
/// Throws Error(kData) naming it and the system's reason.
bool make_folder(const std::filesystem::path& folder);

/// A folder that belongs to this process, as far as others ask in the same way, while the lock
/// lives. It ends with the process, however that ends, and processes that this one starts do not
/// hold it. On a file system that knows no locks, nothing is locked.
class FolderLock {
 public:
  /// Throws Error(kData) when another lock is on the folder, with the number of its process and the
  /// advice to choose `instead`; first it gives one whose process was just killed time to go.
  FolderLock(const std::filesystem::path& folder, std::string_view instead);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  bool take();

  const std::filesystem::path file_;
  int descriptor_ = -1;
  std::string holder_;  // of the lock that is in the way
};

/// Whether a FolderLock is on the folder. Also true where the file system cannot tell.
bool is_locked(const std::filesystem::path& folder);

/// A folder's own name, also of "images/" and of ".". Empty for the root of the file system.
std::string folder_name(const std::filesystem::path& folder);

/// A regular file, read from its beginning.
class InputFile {
 public:
  /// Throws Error(kData) naming the file unless it is a regular one that can be opened.
  explicit InputFile(const std::filesystem::path& path);

  std::uint64_t size() const { return size_; }
  std::uint64_t offset() const { return offset_; }  ///< of the next byte
  /// The next `count` bytes. Throws Error(kData), before taking memory, when fewer are left.
  std::string read(std::uint64_t count);

 private:
  std::string name_;
  std::ifstream stream_;
  std::uint64_t size_ = 0, offset_ = 0;
};

/// The whole content of a regular file.
/// Throws Error(kData) when it cannot be read or is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path,
                      std::uint64_t max_bytes = std::uint64_t{1} << 30);

}  // namespace keel
