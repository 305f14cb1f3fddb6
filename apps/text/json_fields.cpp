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

[[noreturn]] void fail(const std::string& expected, const Json& found) {
  throw Error(fmt::format("{}, found {}", expected, short_text(found)), ErrorKind::kData);
}

}  // namespace

std::string short_text(const Json& value) {
  constexpr bool kAscii = true;
  constexpr std::size_t kLength = 80;
  const std::string text = value.dump(-1, ' ', kAscii, Json::error_handler_t::replace);
  return text.size() <= kLength ? text : text.substr(0, kLength) + "...";
}

Json parse_json(std::string_view text) try {
  // Copying and writing a value call themselves for each level.
  static constexpr int kDeepest = 100;
  return Json::parse(text, [](int depth, Json::parse_event_t, const Json&) {
    check_data(depth <= kDeepest, "more than {} brackets within one another", kDeepest);
    return true;
  });
} catch (const Json::parse_error& error) {
  throw Error(fmt::format("not JSON at byte {}", error.byte), ErrorKind::kData);
} catch (const Json::out_of_range&) {
  throw Error("a number in it is too large", ErrorKind::kData);
}

Json json_object(std::string_view text) {
  Json json = parse_json(text);
  if (!json.is_object()) fail("expected a JSON object", json);
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
  if (!is(value, T{})) fail(fmt::format("{}: expected {}", name, kind(T{})), value);
  return value.get<T>();
}

template <class T>
std::vector<T> json_list(const Json& object, const char* name) {
  const Json& list = json_field(object, name);
  const bool fits = list.is_array() && std::all_of(list.begin(), list.end(), [](const Json& value) {
                      return is(value, T{});
                    });
  if (!fits) fail(fmt::format("{}: expected a list, each of it {}", name, kind(T{})), list);
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
