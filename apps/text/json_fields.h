#pragma once
// The fields of a JSON object from a file, each checked before it is used.

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace keel {

/// The value in a message: at most a line of ASCII, whatever texts it holds.
std::string short_text(const nlohmann::ordered_json& value);

/// The value that the text is. Throws Error(kData) naming the byte when it is none, and when a
/// number is beyond a double, or lists and objects lie more than 100 deep within one another.
nlohmann::ordered_json parse_json(std::string_view text);

/// The object that the text is. Throws Error(kData) as parse_json does, and when it is none.
nlohmann::ordered_json json_object(std::string_view text);

/// The field of that name. Throws Error(kData) when it is missing.
const nlohmann::ordered_json& json_field(const nlohmann::ordered_json& object, const char* name);

/// The same as a std::string, double, std::int64_t or std::uint64_t.
/// Throws Error(kData) naming the field, what was expected and what was found.
template <class T>
T json_field(const nlohmann::ordered_json& object, const char* name);
/// The same, but the fallback where the field is missing.
template <class T>
T json_field(const nlohmann::ordered_json& object, const char* name, const T& fallback) {
  return object.contains(name) ? json_field<T>(object, name) : fallback;
}

/// A list of std::string, float or std::int64_t, under the same condition.
template <class T>
std::vector<T> json_list(const nlohmann::ordered_json& object, const char* name);

}  // namespace keel
