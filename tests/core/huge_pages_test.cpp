#include <cstdint>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include <keel/core/huge_pages.h>
#include <keel/core/storage.h>

#include "tests/support/test.h"

namespace {

// The flags of the mapping that the address lies in, as Linux tells them; empty elsewhere.
std::string mapping_flags(const void* address) {
  std::ifstream smaps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(smaps, line);) {
    std::uintptr_t begin = 0, end = 0;
    char dash = 0;
    std::istringstream range(line);
    if (range >> std::hex >> begin >> dash >> end && dash == '-') {
      inside = begin <= wanted && wanted < end;
    } else if (inside && line.rfind("VmFlags:", 0) == 0) {
      return line + ' ';
    }
  }
  return {};
}

}  // namespace

TEST_CASE("huge pages: large storages are given the hint") {
  // A kernel may have none, and an emulated one take the hint and forget it.
  std::vector<unsigned char> block(std::size_t{8} << 20);
  keel::prefer_huge_pages(block.data(), block.size());
  if (mapping_flags(block.data() + block.size() / 2).find(" hg ") == std::string::npos) {
    WARN("this test is skipped: this system keeps no record of huge pages");
    return;
  }
  const keel::Storage large(std::size_t{8} << 20);
  CHECK_THAT(mapping_flags(large.data() + (std::size_t{4} << 20)), ContainsSubstring(" hg "));
}

TEST_CASE("huge pages: contents stay, whatever the block's bounds") {
  std::vector<unsigned char> block(std::size_t{5} << 20, 7);
  for (const std::size_t offset : {0, 1, 4096}) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{100}, block.size() - offset}) {
      keel::prefer_huge_pages(block.data() + offset, bytes);
    }
  }
  CHECK(block == std::vector<unsigned char>(block.size(), 7));
}
