#pragma once
// `keel norms`: what normalisations there are.

#include <string>

namespace keel {

struct NormsCommand {
  std::string name{};     ///< of a normalisation or modifier; empty: all
  bool markdown = false;  ///< docs/normalisations.md
  bool check = false;  ///< compare gradients with differences, of `name` with its options, or all
};

/// A line for each normalisation and each modifier.
std::string norm_list();
/// All that the tables say of one, whatever options are given. Throws Error naming what is near.
std::string norm_details(const std::string& text);
/// The page of the documentation: the same of all, as Markdown.
std::string norm_page();

/// Prints what was asked for and returns the exit code.
int run_norms(const NormsCommand& command);

}  // namespace keel
