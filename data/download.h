#pragma once
// Fetching published data sets over HTTP(S).

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

#include <keel/data/known_sets.h>

namespace keel {

/// Called again and again with the bytes that are there and those of the whole file. May throw,
/// which ends the download.
using DownloadProgress =
    std::function<void(const std::string& file, std::uint64_t done, std::uint64_t total)>;

/// Fetches the file into `folder`, which is created, and returns its path; does nothing if it is
/// there already with the right checksum. The mirrors are tried in turn. Bytes go to NAME.part,
/// from which a later call or the next mirror goes on; it gets its name only with the right
/// checksum, and is removed with a wrong one. Throws Error(kData) with the reason of every mirror.
std::filesystem::path download_file(const RemoteFile& file, const std::filesystem::path& folder,
                                    const DownloadProgress& progress = {});

/// Fetches all files of the set into dir/NAME, where load_dataset finds them, and returns that.
/// Throws Error for a set that Keel draws itself.
std::filesystem::path download_dataset(const KnownSet& set, const std::filesystem::path& dir,
                                       const DownloadProgress& progress = {});

}  // namespace keel
