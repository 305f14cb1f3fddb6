#include "apps/train/environment.h"

#include <chrono>
#include <fstream>
#include <thread>

#include <fmt/chrono.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <keel/core/blas.h>
#include <keel/core/isa.h>
#include <keel/core/parallel.h>
#include <keel/core/precision.h>
#include <keel/version.h>

namespace keel {
namespace {

constexpr bool kOptimised =
#ifdef __OPTIMIZE__
    true;
#else
    false;
#endif

constexpr const char* kCompiler =
#ifdef __clang__
    "clang " __clang_version__;
#else
    "gcc " __VERSION__;
#endif

// What follows `key` and a separator in the first line of the file that begins with it; of a file
// that only some systems have.
std::string value_in(const char* file, const std::string& key, char separator) {
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind(key, 0) != 0) continue;
    const auto start = line.find_first_not_of(" \t\"", line.find(separator) + 1);
    const auto end = line.find_last_not_of(" \t\"");
    if (start != std::string::npos && start <= end) return line.substr(start, end - start + 1);
  }
  return "unknown";
}

std::int64_t memory_bytes() {
  return std::int64_t{::sysconf(_SC_PHYS_PAGES)} * ::sysconf(_SC_PAGESIZE);
}

}  // namespace

nlohmann::ordered_json environment_json() {
  utsname system{};
  ::uname(&system);
  return {
      {"time", utc_now()},
      {"keel", KEEL_VERSION},
      {"build_type", KEEL_BUILD_TYPE},
      {"compiler", kCompiler},
      {"cpu", value_in("/proc/cpuinfo", "model name", ':')},
      {"logical_cpus", std::thread::hardware_concurrency()},
      {"memory_bytes", memory_bytes()},
      {"isa", name_of(isa())},
      {"blas_core", blas::core_name()},
      {"threads", num_threads()},
      {"os", value_in("/etc/os-release", "PRETTY_NAME", '=')},
      {"kernel", fmt::format("{} {}", system.sysname, system.release)},
      {"machine", system.machine},
  };
}

std::string version_text() {
  return fmt::format("keel {} ({})\nISA {}, BLAS core {}, {} thread{}", KEEL_VERSION,
                     KEEL_BUILD_TYPE, name_of(isa()), blas::core_name(), num_threads(),
                     num_threads() == 1 ? "" : "s");
}

void set_up_kernels(const TrainConfig& config) {
  if (config.threads > 0) set_num_threads(config.threads);
  set_precision(precision_named(config.precision));
}

std::optional<std::string> build_warning() {
  if (kOptimised) return std::nullopt;
  return "this build is without optimisation and many times slower; configure it with "
         "cmake --preset release";
}

std::string utc_now() {
  const auto now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
}

std::int64_t process_peak_memory_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace keel
