#pragma once
// The files inside a tar archive, plain or gzip-compressed, as streams: nothing is unpacked to
// disk.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>

namespace keel {

/// Fills the span from a stream and returns the number of bytes: fewer only at its end.
using ReadBytes = std::function<std::size_t(std::span<std::uint8_t>)>;

/// Calls visit(name, read) for each regular file in the archive, in its order. `name` is without
/// its folders; `read` ends with the call. Throws Error(kData) naming the archive if it is damaged.
void visit_archive(
    const std::filesystem::path& path,
    const std::function<void(const std::string& name, const ReadBytes& read)>& visit);

}  // namespace keel
