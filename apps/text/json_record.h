#pragma once
// Records to JSON and back. A record names its fields once, in a function beside it:
//
//   template <class Visitor>
//   void visit_record(Visitor& field, RecordOf<StepResult> auto& step) {
//     field("step", step.step);
//     field("loss", step.loss);
//   }
//
// A field is a text, a number, a JSON object, a record, an enumeration with a table
// names_of(Enumeration), or an optional, a vector or a map by names of them. A double that is not
// finite becomes null, and null reads back as NaN.

#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <keel/core/error.h>

namespace keel {

/// JSON has no number that is not finite: null then.
inline nlohmann::ordered_json finite_or_null(double value) {
  return std::isfinite(value) ? nlohmann::ordered_json(value) : nlohmann::ordered_json();
}

/// A Record, to be written or to be read.
template <class T, class Record>
concept RecordOf = std::same_as<std::remove_const_t<T>, Record>;

class RecordWriter {
 public:
  using Json = nlohmann::ordered_json;

  template <class Record>
  static Json object(const Record& record) {
    RecordWriter writer;
    visit_record(writer, record);
    return std::move(writer.object_);
  }

  template <class T>
  void operator()(const char* key, const T& value) {
    object_[key] = json(value);
  }

 private:
  static Json json(const std::string& value) { return value; }
  static Json json(std::int64_t value) { return value; }
  static Json json(std::uint64_t value) { return value; }
  static Json json(double value) { return finite_or_null(value); }
  static Json json(const Json& value) { return value; }
  template <class T>
  static Json json(const std::optional<T>& value) {
    return value ? json(*value) : Json(nullptr);
  }
  template <class T>
  static Json json(const std::vector<T>& values) {
    Json array = Json::array();
    for (const T& value : values) array.push_back(json(value));
    return array;
  }
  template <class T>
  static Json json(const std::map<std::string, T>& values) {
    Json members = Json::object();
    for (const auto& [name, value] : values) members[name] = json(value);
    return members;
  }
  template <class T>
  static Json json(const T& value) {
    if constexpr (std::is_enum_v<T>) {
      for (const auto& [known, name] : names_of(value)) {
        if (known == value) return name;
      }
      return nullptr;
    } else {
      return object(value);
    }
  }

  Json object_ = Json::object();
};

class RecordReader {
 public:
  using Json = nlohmann::ordered_json;

  /// `where` begins each message: a file, or the name of what holds the object.
  /// Throws Error(kData), here and below, naming the field, what was expected and what was found.
  RecordReader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    expect(object.is_object(), "an object", object, where_);
  }

  template <class Record>
  static void read(const Json& json, const std::string& where, Record& value) {
    if constexpr (std::is_enum_v<Record>) {
      read_name(json, where, value);
    } else {
      const RecordReader reader(json, where);
      visit_record(reader, value);
    }
  }

  template <class T>
  void operator()(const char* key, T& value) const {
    const auto found = object_.find(key);
    check_data(found != object_.end(), "{}: expected a field \"{}\", found none", where_, key);
    read(*found, fmt::format("{}.{}", where_, key), value);
  }
  /// What may be null may also be absent: files of a Keel that did not know of it have no such
  /// field.
  template <class T>
  void operator()(const char* key, std::optional<T>& value) const {
    const auto found = object_.find(key);
    if (found == object_.end()) return value.reset();
    read(*found, fmt::format("{}.{}", where_, key), value);
  }

 private:
  static void expect(bool ok, std::string_view expected, const Json& found,
                     const std::string& where) {
    check_data(ok, "{}: expected {}, found {}", where, expected, found.type_name());
  }

  static void read(const Json& json, const std::string& where, std::string& value) {
    expect(json.is_string(), "a string", json, where);
    value = json.get<std::string>();
  }
  static void read(const Json& json, const std::string& where, std::int64_t& value) {
    std::uint64_t magnitude = 0;
    read(json, where, magnitude);
    check_data(std::in_range<std::int64_t>(magnitude), "{}: {} is too large", where, magnitude);
    value = static_cast<std::int64_t>(magnitude);
  }
  static void read(const Json& json, const std::string& where, std::uint64_t& value) {
    const bool whole =
        json.is_number_unsigned() || (json.is_number_integer() && json.get<std::int64_t>() >= 0);
    expect(whole, "a whole number that is not negative", json, where);
    value = json.get<std::uint64_t>();
  }
  static void read(const Json& json, const std::string& where, double& value) {
    expect(json.is_number() || json.is_null(), "a number or null", json, where);
    value = json.is_null() ? std::numeric_limits<double>::quiet_NaN() : json.get<double>();
  }
  static void read(const Json& json, const std::string& where, Json& value) {
    expect(json.is_object(), "an object", json, where);
    value = json;
  }
  template <class T>
  static void read(const Json& json, const std::string& where, std::optional<T>& value) {
    value.reset();
    if (!json.is_null()) read(json, where, value.emplace());
  }
  template <class T>
  static void read(const Json& json, const std::string& where, std::vector<T>& values) {
    expect(json.is_array(), "an array", json, where);
    values.clear();
    for (const Json& element : json) {
      const std::string element_where = fmt::format("{}[{}]", where, values.size());
      read(element, element_where, values.emplace_back());
    }
  }
  template <class T>
  static void read(const Json& json, const std::string& where, std::map<std::string, T>& values) {
    expect(json.is_object(), "an object", json, where);
    values.clear();
    for (const auto& [name, member] : json.items()) {
      read(member, fmt::format("{}.{}", where, name), values[name]);
    }
  }
  template <class Enumeration>
  static void read_name(const Json& json, const std::string& where, Enumeration& value) {
    std::string text, known_names;
    read(json, where, text);
    for (const auto& [known, name] : names_of(value)) {
      if (name == text) {
        value = known;
        return;
      }
      known_names += (known_names.empty() ? "" : ", ") + std::string(name);
    }
    check_data(false, "{}: expected one of {}, found \"{}\"", where, known_names, text);
  }

  const Json& object_;
  std::string where_;
};

}  // namespace keel
