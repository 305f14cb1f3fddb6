#pragma once
// The IDX files of MNIST and its relatives, plain or gzip-compressed.
// Format: big-endian 32-bit words (magic, one extent per axis), then unsigned bytes;
// LeCun, Cortes and Burges, "The MNIST database of handwritten digits", 1998.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <keel/data/dataset.h>

namespace keel {

/// The images and labels of one half of a set, each with the full path of its file.
struct IdxFiles {
  std::filesystem::path images, labels;
};

/// Reads one half: images [N, H, W, 1] of unsigned bytes and as many labels below classes.size().
/// Throws Error(kData) naming the file unless the header fits the (unpacked) size to the byte; the
/// memory taken never exceeds what the file really holds.
Dataset load_idx(const IdxFiles& files, std::string name, std::vector<std::string> classes);

/// The files of the training set (`train`) or the test set (`t10k`) in `folder`, with either
/// spelling (train-images-idx3-ubyte, train-images.idx3-ubyte), with or without .gz.
/// Empty unless both are there.
std::optional<IdxFiles> find_idx_files(const std::filesystem::path& folder, std::string_view half);

/// The names of those of the set's four files that `folder` does not have; nothing when it has
/// none.
std::optional<std::vector<std::string>> missing_idx_files(const std::filesystem::path& folder);

/// The class names of "mnist", "fashion-mnist" or "kmnist". Throws Error for another name.
std::vector<std::string> mnist_family_classes(std::string_view name);

/// Both halves of `name` from the four files in `folder`.
/// Throws Error(kData) when files are missing, damaged or do not belong together.
DatasetSplits load_mnist_family(const std::filesystem::path& folder, const std::string& name);

}  // namespace keel
