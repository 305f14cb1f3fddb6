#pragma once
// What a reproduction found, for a person and for a program.

#include <filesystem>
#include <string>
#include <vector>

#include "apps/reproduce/experiment.h"

namespace keel {

struct Reproduction {
  const Experiment& experiment;
  Budget budget;
  bool on_published_data;  ///< or on what Keel draws in the place of it
  Comparison comparison{};
  std::vector<Check> checks{};

  Verdict verdict() const { return verdict_of(checks); }
};

/// Paper, claim, the paper's figures, protocol and data, in lines of text.
std::string introduction(const Experiment& experiment, Budget budget);
/// "on cifar10", and what is to be said about data that are not the paper's.
std::string data_sentence(const Reproduction& reproduction);
/// The thresholds as a table for the terminal.
std::string checks_table(const std::vector<Check>& checks);

/// verdict.json
void write_verdict(const Reproduction& reproduction, const std::filesystem::path& path);
/// reproduction.md, which names report.html as its neighbour.
void write_reproduction(const Reproduction& reproduction, const std::filesystem::path& path);

}  // namespace keel
