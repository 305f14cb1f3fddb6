#pragma once
// The data sets that Keel knows by name: what they hold and where they are published.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <keel/data/image.h>

namespace keel {

/// A published file. Its length and checksum say whether a download is the real one.
struct RemoteFile {
  std::string name;
  std::uint64_t bytes;
  std::string sha256;             ///< 64 lower-case hexadecimal digits
  std::vector<std::string> urls;  ///< the mirrors, in the order to try them
};

struct KnownSet {
  std::string name, description;
  ImageSize image_size;
  std::int64_t channels, classes, train_count, test_count;
  std::vector<RemoteFile> files;  ///< none: drawn by Keel itself

  std::uint64_t download_bytes() const;
};

const std::vector<KnownSet>& known_sets();

/// The set of that name, or null.
const KnownSet* find_known_set(std::string_view name);

/// The set of that name. Throws Error with the nearest name.
const KnownSet& known_set(std::string_view name);

}  // namespace keel
