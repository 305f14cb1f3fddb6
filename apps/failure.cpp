#include "apps/failure.h"

#include <exception>
#include <filesystem>
#include <new>

#include <fmt/format.h>

#include <keel/core/error.h>

#include "apps/exit_code.h"

namespace keel {

Failure current_failure() {
  try {
    throw;
  } catch (const Error& error) {
    return {error.what(), exit_code(error.kind())};
  } catch (const std::filesystem::filesystem_error& error) {  // no access, a name that cannot be
    return {fmt::format("{}: {}", error.path1().string(), error.code().message()), kExitData};
  } catch (const std::bad_alloc&) {
    return {"out of memory: try a smaller --batch-size or fewer images", kExitInternal};
  } catch (const std::exception& error) {
    return {error.what(), kExitInternal};
  }
}

}  // namespace keel
