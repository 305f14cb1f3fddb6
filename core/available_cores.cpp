#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <keel/core/available_cores.h>

#ifdef __linux__
#include <sched.h>
#endif

namespace keel {
namespace {

namespace fs = std::filesystem;

int logical_cores() {
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

#ifdef __linux__
// Cores rather than hardware threads: two threads of one core share the units that the kernels
// fill. 0 where the system does not tell.
int physical_cores() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof allowed, &allowed) != 0) return 0;
  std::set<std::pair<std::string, std::string>> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (!CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) continue;
    const std::string topology = fmt::format("/sys/devices/system/cpu/cpu{}/topology/", cpu);
    std::string package, core;
    std::ifstream(topology + "physical_package_id") >> package;
    std::ifstream(topology + "core_id") >> core;
    if (core.empty()) return 0;
    cores.emplace(package, core);
  }
  return static_cast<int>(cores.size());
}

// The least quota of the process's control group and those around it (version 2); 0: none.
int quota_cores() {
  std::string line;
  std::ifstream groups("/proc/self/cgroup");
  while (std::getline(groups, line) && !line.starts_with("0::/")) continue;
  if (!line.starts_with("0::/")) return 0;
  int least = 0;
  const fs::path root = "/sys/fs/cgroup";
  for (fs::path group = fs::path(line.substr(4));; group = group.parent_path()) {
    std::ifstream file(root / group / "cpu.max");
    std::string text;
    std::getline(file, text);
    const int cores = cores_of_quota(text);
    if (cores > 0) least = least == 0 ? cores : std::min(least, cores);
    if (group.empty()) return least;
  }
}
#else
int physical_cores() {
  return 0;
}
int quota_cores() {
  return 0;
}
#endif

}  // namespace

int cores_of_quota(std::string_view cpu_max) {
  long quota = 0, period = 0;
  const char* const end = cpu_max.data() + cpu_max.size();
  const auto [gap, error] = std::from_chars(cpu_max.data(), end, quota);
  if (error != std::errc() || gap == end || *gap != ' ') return 0;
  if (std::from_chars(gap + 1, end, period).ec != std::errc() || quota <= 0 || period <= 0)
    return 0;
  constexpr long kMost = 1 << 16;
  return static_cast<int>(std::min(kMost, quota / period + (quota % period != 0)));
}

int available_cores() {
  const int physical = physical_cores(), quota = quota_cores();
  const int cores = physical > 0 ? physical : logical_cores();
  return quota > 0 ? std::min(cores, quota) : cores;
}

}  // namespace keel
