#pragma once
// Whole files: read within a bound, written so that a reader or a crash never sees half of one.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

namespace keel {

/// Writes `bytes` to a temporary file beside `path`, flushes it to the disk and renames it to
/// `path`, replacing what was there. On failure the old file is untouched and no temporary remains.
/// Throws Error(kData) that names the file, the step and the system's reason.
void write_file_atomically(const std::filesystem::path& path, std::string_view bytes);

/// The whole content of a regular file.
/// Throws Error(kData) when it cannot be read or is larger than `max_bytes`.
std::string read_file(const std::filesystem::path& path,
                      std::uint64_t max_bytes = std::uint64_t{1} << 30);

}  // namespace keel
