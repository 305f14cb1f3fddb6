#pragma once
// Names to choose from, and what a user who mistyped one may have meant.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

/// The names that a map from names has.
template <class Table>
std::vector<std::string> keys_of(const Table& table) {
  std::vector<std::string> keys;
  for (const auto& entry : table) keys.push_back(entry.first);
  return keys;
}

/// The least number of letters to insert, delete or replace to turn one word into the other, upper
/// and lower case being the same (Levenshtein, 1966).
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the least edit distance to `word`, the first of equals; empty if even that
/// one is further away than two letters or a third of the word, or one letter of a word of three.
std::optional<std::string> nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

/// How a sentence about an unknown word ends: "; did you mean 'resnet20'?", or "." when no
/// candidate is near.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

/// "unknown model 'resnet21'; did you mean 'resnet20'? Known: ...": one sentence for every such
/// mistake.
std::string unknown_name(std::string_view kind, std::string_view word,
                         const std::vector<std::string>& known);

}  // namespace keel
