#pragma once
// Where a run took place: kept beside its results, for they are only comparable with it.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "apps/train/train_config.h"

namespace keel {

/// Time, host system, CPU, instruction set, BLAS kernels, threads, compiler and versions.
nlohmann::ordered_json environment_json();

/// What `keel --version` prints.
std::string version_text();

/// Gives the process the threads and the precision that a configuration asks for.
void set_up_kernels(const TrainConfig& config);

/// What is wrong with the way the program was built, if something is.
std::optional<std::string> build_warning();

/// The time in UTC as ISO 8601: "2024-05-01T12:00:00Z".
std::string utc_now();

/// The most memory the process has held so far, in bytes.
std::int64_t process_peak_memory_bytes();

}  // namespace keel
