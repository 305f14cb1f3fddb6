#include "apps/text/json_fields.h"

#include <algorithm>
#include <utility>

#include <keel/core/error.h>

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

// How messages call a type, and whether a value is of it.
const char* kind(const std::string&) {
  return "a text";
}
const char* kind(double) {
  return "a number";
}
const char* kind(std::int64_t) {
  return "a whole number";
}
const char* kind(std::uint64_t) {
  return "a whole number of 0 or more";
}
bool is(const Json& value, const std::string&) {
  return value.is_string();
}
bool is(const Json& value, double) {
  return value.is_number();
}
bool is(const Json& value, std::int64_t) {
  return value.is_number_integer() &&
         !(value.is_number_unsigned() && !std::in_range<std::int64_t>(value.get<std::uint64_t>()));
}
bool is(const Json& value, std::uint64_t) {
  return value.is_number_unsigned();
}

}  // namespace

std::string short_text(const Json& value) {
  constexpr bool kAscii = true;
  constexpr std::size_t kLength = 80;
  const std::string text = value.dump(-1, ' ', kAscii, Json::error_handler_t::replace);
  return text.size() <= kLength ? text : text.substr(0, kLength) + "...";
}

Json json_object(std::string_view text) {
  Json json = Json::parse(text, nullptr, false);
  check_data(json.is_object(), "expected a JSON object, found {}",
             short_text(json.is_discarded() ? Json(text) : json));
  return json;
}

const Json& json_field(const Json& object, const char* name) {
  const auto found = object.find(name);
  check_data(found != object.end(), "{} is missing", name);
  return *found;
}

template <class T>
T json_field(const Json& object, const char* name) {
  const Json& value = json_field(object, name);
  check_data(is(value, T{}), "{}: expected {}, found {}", name, kind(T{}), short_text(value));
  return value.get<T>();
}

template <class T>
std::vector<T> json_list(const Json& object, const char* name) {
  const Json& list = json_field(object, name);
  const bool fits = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& value) {
                      return is(value, T{});
                    });
  check_data(fits, "{}: expected a list, each of it {}, found {}", name, kind(T{}),
             short_text(list));
  return list.get<std::vector<T>>();
}

template std::string json_field<std::string>(const Json&, const char*);
template double json_field<double>(const Json&, const char*);
template std::int64_t json_field<std::int64_t>(const Json&, const char*);
template std::uint64_t json_field<std::uint64_t>(const Json&, const char*);
template std::vector<std::string> json_list<std::string>(const Json&, const char*);
template std::vector<float> json_list<float>(const Json&, const char*);
template std::vector<std::int64_t> json_list<std::int64_t>(const Json&, const char*);

}  // namespace keel
