#pragma once
// Named tensors in a file, in the safetensors format: eight bytes with the length of a JSON header,
// the header, then the elements of all tensors, little-endian and without a gap.
// Format: https://huggingface.co/docs/safetensors

#include <filesystem>
#include <map>
#include <set>
#include <string>

#include <keel/core/tensor.h>

namespace keel {

/// What such a file holds.
struct TensorFile {
  std::map<std::string, Tensor> tensors{};
  std::set<std::string> integers{};  ///< float64 tensors of whole numbers, written as I64: counters
  std::map<std::string, std::string> metadata{};
};

/// Reads a whole file. F32, F16 and BF16 become float32 and F64 float64, both exactly; I64, I32,
/// I16, I8, U8 and BOOL become float64 and are named in `integers`.
/// Throws Error(kData) that names the file, the tensor, and what was expected and found, when the
/// file breaks the format in any point: whatever it contains, memory stays within a small multiple
/// of its size. Refused as well: other types, whole numbers beyond 2^53, more than six axes.
TensorFile read_safetensors(const std::filesystem::path& path);

/// Writes a file that appears whole or not at all; equal content gives equal bytes. Wide types
/// come first, so that every tensor is aligned to its element size.
/// Throws Error when a tensor is undefined, an integer one is missing, not float64 or not whole
/// within 2^53, a name is reserved ("__metadata__") or not UTF-8; Error(kData) when the file cannot
/// be written.
void write_safetensors(const std::filesystem::path& path, const TensorFile& content);

}  // namespace keel
