#pragma once

#include <string_view>

namespace keel {

/// How many threads can compute at the same time here: the physical cores that this process may run
/// on, or less where a container's quota of processor time is less.
int available_cores();

/// The cores of a cgroup's cpu.max: "150000 100000" (microseconds in a period) are 2; 0 for "max
/// 100000", no limit, and for what cannot be read.
int cores_of_quota(std::string_view cpu_max);

}  // namespace keel
