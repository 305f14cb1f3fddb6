#include "apps/train/checkpoint.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <keel/core/error.h>

#include "apps/text/json_fields.h"
#include "apps/text/json_record.h"

namespace keel {
namespace {

constexpr std::string_view kOptimizerPrefix = "optimizer.";
const std::string kSpecKey = "keel.model";
const std::string kProgressKey = "keel.progress";

bool all_finite(const Tensor& x) {
  return dispatch(x.dtype(), [&]<class T>(T) {
    const auto values = x.values<T>();
    return std::all_of(values.begin(), values.end(), [](T v) { return std::isfinite(v); });
  });
}

TensorFile file_of(const ModelSpec& spec, Module& model) {
  TensorFile file;
  file.tensors = state_dict(model);
  for (const auto& [name, tensor] : file.tensors) {
    if (!all_finite(tensor)) {
      throw Error(fmt::format("{} is no longer finite", name), ErrorKind::kDiverged);
    }
  }
  for (const std::string& name : counters_of(model)) file.integers.insert(name);
  file.metadata = {{"format", "pt"}, {kSpecKey, to_json_text(spec)}};
  return file;
}

}  // namespace

template <class Visitor>
void visit_record(Visitor& field, RecordOf<Progress> auto& progress) {
  field("epoch", progress.epoch);
  field("batch", progress.batch);
  field("step", progress.step);
  field("loss_sum", progress.loss_sum);
  field("correct", progress.correct);
  field("seen", progress.seen);
  field("best_accuracy", progress.best_accuracy);
  field("best_epoch", progress.best_epoch);
}

static Progress progress_from_json(const std::string& text) try {
  Progress progress;
  RecordReader::read(json_object(text), "progress", progress);
  return progress;
} catch (const Error& error) {
  throw Error(fmt::format("metadata '{}': {}; the run cannot go on: train anew with another --run",
                          kProgressKey, error.what()));
}

void save_checkpoint(const std::filesystem::path& path, const ModelSpec& spec, Module& model,
                     const Optimizer& optimizer, const Progress& progress) {
  TensorFile file = file_of(spec, model);
  for (const auto& [name, tensor] : optimizer.state_dict()) {
    file.tensors.emplace(std::string(kOptimizerPrefix) + name, tensor);
  }
  file.metadata[kProgressKey] = RecordWriter::object(progress).dump();
  write_safetensors(path, file);
}

void check_is_not_checkpoint(const std::string& option, const std::filesystem::path& file,
                             const std::filesystem::path& checkpoint) {
  std::error_code not_there;
  check(!std::filesystem::equivalent(checkpoint, file, not_there),
        "{} {}: is the checkpoint itself, which would be lost; choose another file", option,
        file.string());
}

void save_model(const std::filesystem::path& path, const ModelSpec& spec, Module& model) {
  write_safetensors(path, file_of(spec, model));
}

Checkpoint::Checkpoint(const std::filesystem::path& path)
    : path_(path), file_(read_safetensors(path)) {
  const auto found = file_.metadata.find(kSpecKey);
  check_data(
      found != file_.metadata.end(),
      "{}: holds tensors but not which model they belong to (no '{}' in its metadata); is it a "
      "checkpoint of keel train?",
      path.string(), kSpecKey);
  try {
    spec_ = model_spec_from_json(found->second);
  } catch (const Error& error) {
    blame(fmt::format("metadata '{}': {}", kSpecKey, error.what()));
  }
}

void Checkpoint::blame(const std::string& what) const {
  throw Error(fmt::format("{}: {}", path_.string(), what), ErrorKind::kData);
}

ModulePtr Checkpoint::model() const {
  try {
    ModelSpec spec = spec_;
    spec.options.max_weights = 1;  // of the largest layer: memory stays near the size of the file
    for (const auto& [name, tensor] : file_.tensors) {
      spec.options.max_weights = std::max(spec.options.max_weights, tensor.numel());
    }
    ModulePtr model = build_model(spec, 0);
    StateDict state;
    for (const auto& [name, tensor] : file_.tensors) {
      if (!name.starts_with(kOptimizerPrefix)) state.emplace(name, tensor);
    }
    load_state_dict(*model, state);
    return model;
  } catch (const Error& error) {
    blame(error.what());
  }
}

Progress Checkpoint::progress() const {
  try {
    const auto found = file_.metadata.find(kProgressKey);
    check_data(found != file_.metadata.end(),
               "holds a model but not where its training stands; resume from last.safetensors");
    return progress_from_json(found->second);
  } catch (const Error& error) {
    blame(error.what());
  }
}

Progress Checkpoint::restore(Module& model, Optimizer& optimizer) const {
  StateDict state;
  StateDict optimizer_state;
  for (const auto& [name, tensor] : file_.tensors) {
    if (name.starts_with(kOptimizerPrefix)) {
      optimizer_state.emplace(name.substr(kOptimizerPrefix.size()), tensor);
    } else {
      state.emplace(name, tensor);
    }
  }
  try {
    load_state_dict(model, state);
    optimizer.load_state_dict(optimizer_state);
  } catch (const Error& error) {
    blame(error.what());
  }
  return progress();
}

}  // namespace keel
