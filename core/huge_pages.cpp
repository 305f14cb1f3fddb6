#include <memory>

#include <keel/core/huge_pages.h>

#ifdef __linux__
#include <sys/mman.h>
#endif

namespace keel {

void prefer_huge_pages(void* begin, std::size_t bytes) {
#ifdef __linux__
  constexpr std::size_t kPage = std::size_t{2} << 20;
  void* first = begin;
  if (std::align(kPage, kPage, first, bytes) == nullptr) return;
  madvise(first, bytes / kPage * kPage, MADV_HUGEPAGE);
#else
  static_cast<void>(begin);
  static_cast<void>(bytes);
#endif
}

}  // namespace keel
