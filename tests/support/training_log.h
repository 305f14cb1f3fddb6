#pragma once
// What a training run logged.

#include <filesystem>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include <keel/core/file.h>

namespace keel::testing {

/// The lines of <run>/log.jsonl.
inline std::vector<nlohmann::json> events_of(const std::filesystem::path& run) {
  std::vector<nlohmann::json> events;
  std::istringstream lines(read_file(run / "log.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    events.push_back(nlohmann::json::parse(line));
  }
  return events;
}

/// The events without what no two runs share: times, and checkpoints, of which each interrupt makes
/// one more.
inline std::vector<nlohmann::json> without_times(std::vector<nlohmann::json> events) {
  std::erase_if(events, [](const auto& event) { return event.at("event") == "checkpoint"; });
  for (nlohmann::json& event : events) {
    for (const char* key : {"time", "seconds", "images_per_second", "data_wait_share",
                            "peak_memory_bytes", "peak_tensor_bytes"}) {
      event.erase(key);
    }
  }
  return events;
}

/// <run>/metrics.csv without its last two columns, seconds and images a second.
inline std::string metrics_without_times(const std::filesystem::path& run) {
  std::istringstream lines(read_file(run / "metrics.csv"));
  std::string result;
  for (std::string line; std::getline(lines, line);) {
    for (int column = 0; column < 2; ++column) line.erase(line.rfind(','));
    result += line + "\n";
  }
  return result;
}

}  // namespace keel::testing
