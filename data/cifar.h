#pragma once
// The binary versions of CIFAR-10 and CIFAR-100, unpacked or straight from the downloaded archive.
// A record is one label byte (CIFAR-100: the coarse label, then the fine one, which is used) and
// the red, green and blue planes of 32 x 32 bytes;
// Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <keel/data/dataset.h>

namespace keel {

/// Loads "cifar10" or "cifar100" from a folder of its .bin files or from its .tar(.gz), which is
/// read as a stream. Images become [N, 32, 32, 3]. Training files follow one another in the order
/// of their numbers, whatever their order in the archive. The class names are those beside the
/// data, if they are there, else the published ones. Throws Error(kData) naming the file, and the
/// record where one is at fault.
DatasetSplits load_cifar(const std::filesystem::path& source, const std::string& name);

/// Where a set is looked for in `dir`, unpacked before packed: the folder named after the set or
/// after its archive, `dir` itself, the archive.
std::vector<std::filesystem::path> cifar_places(const std::filesystem::path& dir,
                                                const std::string& name);

/// The names of those of the set's .bin files that the folder `source` does not have; nothing when
/// it has none. An archive is not looked into: none is missing.
std::optional<std::vector<std::string>> missing_cifar_files(const std::filesystem::path& source,
                                                            const std::string& name);

}  // namespace keel
