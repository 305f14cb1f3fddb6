#pragma once
// A training run at rest: model, buffers, optimiser, and where in which epoch it stands.

#include <filesystem>

#include <keel/core/safetensors.h>
#include <keel/layers/state.h>
#include <keel/optim/optimizer.h>

#include "apps/train/model_spec.h"

namespace keel {

/// Where a run stands. Learning rate and random numbers are functions of the step and the seed, so
/// this is all that going on bit for bit needs beside the tensors.
struct Progress {
  std::int64_t epoch = 0;  ///< complete ones
  std::int64_t batch = 0;  ///< steps taken in the epoch under way
  std::int64_t step = 0;   ///< steps taken in all

  // Sums over the epoch under way.
  double loss_sum = 0;
  std::int64_t correct = 0, seen = 0;

  double best_accuracy = -1;  ///< on the test set, so far
  std::int64_t best_epoch = 0;
};

/// A checkpoint's tensors are the model's state dict under its own names (PyTorch reads them as
/// they are) and the optimiser's under "optimizer."; the metadata holds the spec and the progress.
/// Throws Error(kDiverged) instead of writing a parameter that is not finite.
void save_checkpoint(const std::filesystem::path& path, const ModelSpec& spec, Module& model,
                     const Optimizer& optimizer, const Progress& progress);
/// Throws Error, naming the option, when the file to be written is the checkpoint that is read: a
/// training that could go on from there would be lost.
void check_is_not_checkpoint(const std::string& option, const std::filesystem::path& file,
                             const std::filesystem::path& checkpoint);
/// The model alone: what evaluation and prediction need.
void save_model(const std::filesystem::path& path, const ModelSpec& spec, Module& model);

/// What a checkpoint file holds. Every function throws Error(kData) naming the file.
class Checkpoint {
 public:
  explicit Checkpoint(const std::filesystem::path& path);

  const std::filesystem::path& path() const { return path_; }
  const ModelSpec& spec() const { return spec_; }
  /// Where the training stands.
  Progress progress() const;
  /// The model, built from the spec and loaded.
  ModulePtr model() const;
  /// Loads everything into a run's own model and optimiser, and returns its progress.
  Progress restore(Module& model, Optimizer& optimizer) const;

 private:
  // Whatever is wrong with its content is the file's fault: also the name of an unknown model.
  [[noreturn]] void blame(const std::string& what) const;

  std::filesystem::path path_;
  TensorFile file_;
  ModelSpec spec_;
};

}  // namespace keel
