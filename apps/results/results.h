#pragma once
// What a comparison found: every run with its curves, as `keel compare` keeps it in results.json.

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "apps/train/run.h"

namespace keel {

/// A whole comparison.
struct Comparison {
  std::string title;
  std::string dataset;
  std::string dataset_note;  ///< for a reader, such as "60,000 training and 10,000 test images"
  std::optional<std::int64_t> classes;  ///< of the data set
  std::string model;
  /// For a reader: how the runs' learning rates follow from those on the axis.
  std::optional<std::string> lr_note;
  /// The settings that its runs may differ in besides the seed, the one that matters most first.
  std::vector<std::string> axes;
  std::optional<std::string> baseline;    ///< what the others are compared with; see axes.h
  std::optional<double> target_accuracy;  ///< a fraction in [0, 1]
  std::string created;                    ///< ISO 8601
  std::string keel_version;
  std::string command;  ///< the `keel compare` line
  nlohmann::ordered_json environment =
      nlohmann::ordered_json::object();  ///< cpu, isa, threads, ...
  /// For a reader: which runs of the grid cannot be trained, and why; null where all can.
  std::optional<std::vector<std::string>> left_out;
  std::vector<Run> runs;

  bool operator==(const Comparison&) const = default;
};

/// The seeds of its runs, in ascending order.
std::vector<std::uint64_t> seeds_of(const Comparison& comparison);

/// Writes results.json. Numbers that are not finite become null, and null reads back as NaN.
void write_results(const Comparison& comparison, const std::filesystem::path& path);

/// Whether the file is one of write_results, were it torn by a power failure, or empty.
/// Throws Error(kData) when it cannot be read.
bool begins_as_results(const std::filesystem::path& path);

/// Reads what write_results wrote.
/// Throws Error(kData) naming the file, the field, what was expected and what was found.
Comparison read_results(const std::filesystem::path& path);

}  // namespace keel
