#pragma once
// Large blocks in large pages: fewer faults when they are first written, fewer misses of the
// translation cache when they are read in strides.

#include <cstddef>

namespace keel {

inline constexpr std::size_t kHugePage = std::size_t{2} << 20;

/// Lets the system back the whole pages of kHugePage bytes, counted from address 0, that lie in
/// [begin, begin + bytes) with such pages (Linux: MADV_HUGEPAGE). A hint: contents and addresses
/// stay, and where it cannot be followed, nothing happens. To be given before the block is first
/// written.
void prefer_huge_pages(void* begin, std::size_t bytes);

}  // namespace keel
