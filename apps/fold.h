#pragma once
// `keel fold`: normalisations of running statistics, folded into the layers in front of them.

#include <string>

#include "apps/train/model_spec.h"

namespace keel {

struct FoldCommand {
  std::string checkpoint;
  std::string out;  ///< the file to write
};

struct FoldedModel {
  ModelSpec spec;  ///< with the normalisation "none"
  ModulePtr model;
};

/// The same function as the model's evaluation without its normalisations: with a norm's map
/// y = scale z + shift, the layer in front gets the weights scale w and the bias scale b + shift.
/// Rules for the weights are applied for good. Throws Error naming a norm that is no such map.
FoldedModel fold(const ModelSpec& spec, Module& model);

/// Writes the folded model and tells how far its logits are from the model's. Returns the exit
/// code.
int run_fold(const FoldCommand& command);

}  // namespace keel
