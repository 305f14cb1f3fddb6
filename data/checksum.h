#pragma once
// Checksums of files.

#include <filesystem>
#include <string>

namespace keel {

/// The SHA-256 of a file's content as 64 lower-case hexadecimal digits.
/// Throws Error(kData) when it cannot be read.
std::string sha256_of_file(const std::filesystem::path& path);

}  // namespace keel
