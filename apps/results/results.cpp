#include "apps/results/results.h"

#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/file.h>

#include "apps/text/json_fields.h"
#include "apps/train/run_fields.h"

namespace keel {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kSchema = "keel-comparison";
constexpr std::int64_t kVersion = 3;

}  // namespace

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Comparison> auto& comparison) {
  field("title", comparison.title);
  field("dataset", comparison.dataset);
  field("dataset_note", comparison.dataset_note);
  field("classes", comparison.classes);
  field("model", comparison.model);
  field("lr_note", comparison.lr_note);
  field("axes", comparison.axes);
  field("baseline", comparison.baseline);
  field("target_accuracy", comparison.target_accuracy);
  field("created", comparison.created);
  field("keel_version", comparison.keel_version);
  field("command", comparison.command);
  field("environment", comparison.environment);
  field("left_out", comparison.left_out);
  field("runs", comparison.runs);
}

namespace {

// Each run has a value on each axis.
void check_settings(const Comparison& comparison, const std::string& file) {
  const std::set<std::string> distinct(comparison.axes.begin(), comparison.axes.end());
  check_data(!distinct.empty() && distinct.size() == comparison.axes.size(),
             "{}.axes: expected names, each once, found [{}]", file,
             fmt::join(comparison.axes, ", "));
  for (std::size_t i = 0; i < comparison.runs.size(); ++i) {
    for (const std::string& axis : comparison.axes) {
      check_data(comparison.runs[i].settings.count(axis) > 0,
                 "{}.runs[{}].settings: expected a field \"{}\", found none", file, i, axis);
    }
  }
}

}  // namespace

std::vector<std::uint64_t> seeds_of(const Comparison& comparison) {
  std::set<std::uint64_t> seeds;
  for (const Run& run : comparison.runs) seeds.insert(run.seed);
  return {seeds.begin(), seeds.end()};
}

void write_results(const Comparison& comparison, const std::filesystem::path& path) {
  Json document = {{"schema", kSchema}, {"version", kVersion}};
  document.update(RecordWriter::object(comparison));
  write_file_atomically(path, document.dump(1, ' ', false, Json::error_handler_t::replace) + "\n");
}

bool begins_as_results(const std::filesystem::path& path) {
  InputFile file(path);
  const std::string beginning = file.read(std::min<std::uint64_t>(file.size(), 64));
  return beginning.empty() || beginning.find(fmt::format("\"{}\"", kSchema)) != std::string::npos;
}

Comparison read_results(const std::filesystem::path& path) {
  Json document;
  try {
    document = parse_json(read_file(path));
  } catch (const Error& error) {
    throw Error(
        fmt::format("{}: {}; write it anew with `keel compare`", path.string(), error.what()),
        ErrorKind::kData);
  }
  const RecordReader reader(document, path.string());
  std::string schema;
  std::int64_t version = 0;
  reader("schema", schema);
  reader("version", version);
  check_data(schema == kSchema && version == kVersion,
             "{}: expected schema {} version {}, found {} version {}; the command that wrote it "
             "writes it anew, without training again",
             path.string(), kSchema, kVersion, schema, version);
  Comparison comparison;
  visit_record(reader, comparison);
  check_settings(comparison, path.string());
  return comparison;
}

}  // namespace keel
