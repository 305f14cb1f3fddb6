#include "apps/results.h"

#include <array>
#include <cmath>
#include <concepts>
#include <utility>

#include <keel/core/error.h>
#include <keel/core/file.h>

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "keel-comparison";
constexpr std::int64_t kVersion = 1;

constexpr std::array<std::pair<RunStatus, std::string_view>, 5> kStatusNames{{
    {RunStatus::kPending, "pending"},
    {RunStatus::kRunning, "running"},
    {RunStatus::kInterrupted, "interrupted"},
    {RunStatus::kDiverged, "diverged"},
    {RunStatus::kCompleted, "completed"},
}};

// Each type names its fields once; a Writer and a Reader both walk that list.
template <class T, class Record>
concept MaybeConst = std::same_as<std::remove_const_t<T>, Record>;

template <class Visitor>
void visit(Visitor& field, MaybeConst<EpochResult> auto& epoch) {
  field("epoch", epoch.epoch);
  field("step", epoch.step);
  field("train_loss", epoch.train_loss);
  field("train_accuracy", epoch.train_accuracy);
  field("test_loss", epoch.test_loss);
  field("test_accuracy", epoch.test_accuracy);
  field("lr", epoch.lr);
  field("seconds", epoch.seconds);
  field("images_per_second", epoch.images_per_second);
}

template <class Visitor>
void visit(Visitor& field, MaybeConst<StepResult> auto& step) {
  field("step", step.step);
  field("loss", step.loss);
  field("accuracy", step.accuracy);
}

template <class Visitor>
void visit(Visitor& field, MaybeConst<Divergence> auto& divergence) {
  field("step", divergence.step);
  field("layer", divergence.layer);
}

template <class Visitor>
void visit(Visitor& field, MaybeConst<Run> auto& run) {
  field("id", run.id);
  field("norm", run.norm);
  field("lr", run.lr);
  field("batch_size", run.batch_size);
  field("seed", run.seed);
  field("status", run.status);
  field("directory", run.directory);
  field("command", run.command);
  field("parameters", run.parameters);
  field("peak_memory_bytes", run.peak_memory_bytes);
  field("diverged", run.diverged);
  field("epochs", run.epochs);
  field("steps", run.steps);
}

template <class Visitor>
void visit(Visitor& field, MaybeConst<Comparison> auto& comparison) {
  field("title", comparison.title);
  field("dataset", comparison.dataset);
  field("dataset_note", comparison.dataset_note);
  field("model", comparison.model);
  field("target_accuracy", comparison.target_accuracy);
  field("created", comparison.created);
  field("keel_version", comparison.keel_version);
  field("command", comparison.command);
  field("environment", comparison.environment);
  field("runs", comparison.runs);
}

class Writer {
 public:
  template <class T>
  void operator()(const char* key, const T& value) {
    object_[key] = json(value);
  }

  template <class Record>
  static Json record(const Record& value) {
    Writer writer;
    visit(writer, value);
    return std::move(writer.object_);
  }

 private:
  static Json json(const std::string& value) { return value; }
  static Json json(std::int64_t value) { return value; }
  static Json json(std::uint64_t value) { return value; }
  static Json json(double value) { return std::isfinite(value) ? Json(value) : Json(nullptr); }
  static Json json(RunStatus value) { return run_status_name(value); }
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
  static Json json(const EpochResult& value) { return record(value); }
  static Json json(const StepResult& value) { return record(value); }
  static Json json(const Divergence& value) { return record(value); }
  static Json json(const Run& value) { return record(value); }

  Json object_ = Json::object();
};

class Reader {
 public:
  Reader(const Json& object, std::string where) : object_(object), where_(std::move(where)) {
    expect(object.is_object(), "an object", object, where_);
  }

  template <class T>
  void operator()(const char* key, T& value) const {
    const auto found = object_.find(key);
    check_data(found != object_.end(), "{}: expected a field \"{}\", found none", where_, key);
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
    value = json.is_null() ? kNotMeasured : json.get<double>();
  }
  static void read(const Json& json, const std::string& where, RunStatus& value) {
    std::string name;
    read(json, where, name);
    for (const auto& [status, status_name] : kStatusNames) {
      if (name == status_name) {
        value = status;
        return;
      }
    }
    check_data(false, "{}: \"{}\" is no status of a run", where, name);
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
  template <class Record>
  static void read(const Json& json, const std::string& where, Record& value) {
    const Reader reader(json, where);
    visit(reader, value);
  }

  const Json& object_;
  std::string where_;
};

}  // namespace

std::string_view run_status_name(RunStatus status) {
  for (const auto& [value, name] : kStatusNames) {
    if (value == status) return name;
  }
  throw Error("run_status_name: expected a RunStatus");
}

double final_test_accuracy(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_accuracy;
}

double final_test_loss(const Run& run) {
  return run.epochs.empty() ? kNotMeasured : run.epochs.back().test_loss;
}

void write_results(const Comparison& comparison, const std::filesystem::path& path) {
  Json document = {{"schema", kSchema}, {"version", kVersion}};
  document.update(Writer::record(comparison));
  write_file_atomically(path, document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

Comparison read_results(const std::filesystem::path& path) {
  Json document;
  try {
    document = Json::parse(read_file(path));
  } catch (const Json::parse_error& error) {
    throw Error(fmt::format("{}: not JSON at byte {}; write it anew with `keel compare`",
                            path.string(), error.byte),
                ErrorKind::kData);
  }
  const Reader reader(document, path.string());
  std::string schema;
  std::int64_t version = 0;
  reader("schema", schema);
  reader("version", version);
  check_data(schema == kSchema && version == kVersion,
             "{}: expected schema {} version {}, found {} version {}", path.string(), kSchema,
             kVersion, schema, version);
  Comparison comparison;
  visit(reader, comparison);
  return comparison;
}

}  // namespace keel
