#include <memory>

#include <keel/core/huge_pages.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace keel {

void prefer_huge_pages(void* begin, std::size_t bytes) {
#ifdef __linux__
  void* first = begin;
  if (std::align(kHugePage, kHugePage, first, bytes) == nullptr) return;
  madvise(first, bytes / kHugePage * kHugePage, MADV_HUGEPAGE);
#else
  static_cast<void>(begin);
  static_cast<void>(bytes);
#endif
}

}  // namespace keel
