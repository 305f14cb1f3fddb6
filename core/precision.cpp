#include <atomic>
#include <functional>
#include <map>

#include <keel/core/error.h>
#include <keel/core/nearest.h>
#include <keel/core/precision.h>

namespace keel {
namespace {

std::atomic<Precision> chosen{Precision::kFast};

const std::map<std::string, Precision, std::less<>> kNames = {{"fast", Precision::kFast},
                                                              {"precise", Precision::kPrecise}};

}  // namespace

Precision precision() {
  return chosen;
}

void set_precision(Precision precision) {
  chosen = precision;
}

std::vector<std::string> precision_names() {
  return keys_of(kNames);
}

Precision precision_named(std::string_view name) {
  const auto found = kNames.find(name);
  if (found == kNames.end()) throw Error(unknown_name("precision", name, precision_names()));
  return found->second;
}

}  // namespace keel
