#include <atomic>
#include <string>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/core/precision.h>

namespace keel {
namespace {

std::atomic<Precision> chosen{Precision::kFast};

}  // namespace

Precision precision() {
  return chosen;
}

void set_precision(Precision precision) {
  chosen = precision;
}

Precision precision_named(std::string_view name) {
  if (name == "fast") return Precision::kFast;
  if (name == "precise") return Precision::kPrecise;
  throw Error(unknown_name("precision", std::string(name), {"fast", "precise"}));
}

}  // namespace keel
