#pragma once
// Where real data sets lie, for the tests that need one.

#include <cstdlib>
#include <filesystem>
#include <initializer_list>
#include <optional>

namespace keel::testing {

/// The folder `name` ("mnist") below $KEEL_DATA, else beside this source tree in shared/data.
inline std::optional<std::filesystem::path> real_data(const char* name) {
  namespace fs = std::filesystem;
  const char* chosen = std::getenv("KEEL_DATA");
  for (const fs::path& root :
       {fs::path(chosen ? chosen : ""), fs::path(KEEL_SOURCE_DIR) / ".." / "shared" / "data"}) {
    if (!root.empty() && fs::is_directory(root / name)) return root / name;
  }
  return std::nullopt;
}

}  // namespace keel::testing
