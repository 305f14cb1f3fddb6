#pragma once
// The one list of a training run's settings. Flags, environment variables and config.toml, read and
// written, all walk it: a new setting is a member of TrainConfig and a line here.

#include <string>
#include <vector>

#include <keel/core/nearest.h>
#include <keel/core/precision.h>
#include <keel/data/augment.h>
#include <keel/data/loader.h>
#include <keel/layers/activation.h>
#include <keel/layers/norm.h>
#include <keel/optim/schedule.h>

#include "apps/train/models.h"
#include "apps/train/setting.h"
#include "apps/train/train_config.h"

namespace keel {

inline std::vector<std::string> known_model_names() {
  std::vector<std::string> names;
  for (const ModelInfo& model : known_models()) names.push_back(model.name);
  return names;
}

/// Calls visit.section(title) before each group of settings, and for each setting
/// visit(name, value, rule, help): `name` as the flag spells it without its dashes, `value` the
/// member of `config`, `rule` one of apps/train/setting.h that read_setting takes for it.
template <class Config, class Visitor>
void visit_fields(Config& config, Visitor&& visit) {
  visit.section("Data");
  visit("data", config.data, FreeText{"NAME|DIR"},
        "a set that keel data list knows, or a folder with one folder of images per class");
  visit("data-dir", config.data_dir, FreeText{"DIR"},
        "where known sets lie; empty: $KEEL_DATA, else ~/.cache/keel");
  visit("image-size", config.image_size, from_to(0, 4096),
        "of a folder of images: resize all to this many pixels a side; 0: as found");
  visit("colour", config.colour, Name{{"auto", "grey", "rgb"}},
        "of a folder of images; auto: rgb if any image has colours");
  visit("test-fraction", config.test_fraction, Range{0, 1, true, true},
        "of a folder without train/ and test/: the part of each class that is set aside as test "
        "images, chosen by the seed");
  visit("skip-bad-images", config.skip_bad_images, Switch{},
        "of a folder of images: leave out what cannot be read or, without --image-size, is not of "
        "the size that most have, and count it");
  visit("limit-train", config.limit_train, at_least(0), "use the first N training images; 0: all");
  visit("limit-test", config.limit_test, at_least(0), "use the first N test images; 0: all");
  visit("augment", config.augment, Name{{"none", "standard"}},
        "random changes of training images; standard: shifts and flips of colour images, shifts "
        "and turns of grey ones");
  visit("pad-mode", config.pad_mode, Name{pad_mode_names()},
        "what shifts and turns move in from outside of the image: black, or the image mirrored");
  visit("binarize", config.binarize, from_to(0, 1),
        "make images black and white: white is what has at least this part of full brightness, in "
        "each channel; 0: leave them");
  visit("standardize", config.standardize, Switch{},
        "shift and scale each channel to mean 0 and deviation 1 over the training images; without "
        "it a model sees 0 (black) to 1");
  visit("shuffle", config.shuffle, Switch{}, "a new order of the training images in every epoch");
  visit("drop-last", config.drop_last, Switch{},
        "leave out the images of an epoch that do not fill a batch");

  visit.section("Model");
  visit("model", config.model, Name{known_model_names()}, "which network");
  visit("depth", config.depth, from_to(0, kMaxDepth),
        "of mlp: hidden layers; of resnet: layers, 6n + 2; 0: the model's own");
  visit("layers", config.layers, FreeText{"LIST"},
        "of vgg: the channels of its 3x3 convolutions, M for 2x2 max pooling, such as 16-16-M-32; "
        "empty: the model's own");
  visit("norm", config.norm, NormName{},
        "which normalisation, as NAME[:OPTION=VALUE]...[+MODIFIER]: batch, group:8, batch+ws, "
        "none, ...; keel norms tells all");
  visit("groups", config.groups, at_least(0),
        "of group norm and its like: how many groups of channels; 0: groups of 8 channels");
  visit("norm-eps", config.norm_eps, at_least(0),
        "keeps what a normalisation divides by away from 0; 0: the normalisation's own value");
  visit("norm-momentum", config.norm_momentum, RangeOrWord{from_to(0, 1), "none"},
        "of batch norm and its like: weight of the new value in the running statistics, PyTorch's "
        "convention (TensorFlow's is 1 - this); none: cumulative average");
  visit("weight-standardization", config.weight_standardization, Switch{},
        "the same as +ws behind --norm");
  visit("activation", config.activation, Name{keys_of(activation_table()), true},
        "between the layers; empty: the model's own");
  visit("init-scale", config.init_scale, above(0), "factor on every initial weight");
  visit("init-std", config.init_std, at_least(0),
        "draw every initial weight from a normal distribution of this standard deviation, with "
        "biases of 0; 0: the model's own rule, by the size of each layer");
  visit("zero-init-residual", config.zero_init_residual, Switch{},
        "start each residual block as the identity: gamma of its last normalisation is 0");
  visit("shortcut", config.shortcut, Name{{"A", "B"}},
        "of resnets, where the size changes: A pads with zeros, B is a 1x1 convolution");
  visit("dropout", config.dropout, from_below(0, 1), "part of the values that are dropped");
  visit("dropout-place", config.dropout_place, Name{{"last", "all"}},
        "where; last: before the last dense layer, all: behind every activation");

  visit.section("Optimisation");
  visit("epochs", config.epochs, from_to(1, 1e6), "passes over the training images");
  visit("batch-size", config.batch_size, from_to(1, 1e6), "images per step");
  visit("optim", config.optim, Name{{"sgd", "adam", "adamw"}}, "which optimiser");
  visit("lr", config.lr, above(0), "learning rate, where the schedule has its peak");
  visit("momentum", config.momentum, from_below(0, 1), "of sgd");
  visit("nesterov", config.nesterov, Switch{}, "of sgd: look ahead along the momentum");
  visit("weight-decay", config.weight_decay, at_least(0),
        "added to the gradient as this times the weight; adamw: decoupled from the gradient");
  visit("decay-norm", config.decay_norm, Switch{},
        "let weight decay act on biases and normalisation parameters too");
  visit("schedule", config.schedule, Name{schedule_names()},
        "how the learning rate changes over the run");
  visit("warmup-epochs", config.warmup_epochs, from_to(0, 1e6),
        "epochs over which the learning rate grows linearly at the start");
  visit("pct-start", config.pct_start, from_to(0, 1),
        "of one-cycle: the part of the run over which the learning rate goes up");
  visit("label-smoothing", config.label_smoothing, from_below(0, 1),
        "part of each label's weight that is spread over all classes");
  visit("clip-norm", config.clip_norm, at_least(0),
        "scale all gradients together to at most this Euclidean norm; 0: off");
  visit("clip-value", config.clip_value, at_least(0),
        "clip each element of the gradients to at most this size; 0: off");
  visit(
      "clip-agc", config.clip_agc, at_least(0),
      "clip the gradient of each filter to at most this part of the filter's norm, all layers but "
      "the last (adaptive gradient clipping, about 0.01); 0: off");

  visit.section("Running");
  visit("seed", config.seed, at_least(0),
        "of everything random; the same seed gives the same run, bit for bit");
  visit("threads", config.threads, from_to(0, 1024),
        "0: the physical cores; the result does not depend on it");
  visit("precision", config.precision, Name{precision_names()},
        "of convolutions; precise: without Winograd's algorithm, with a rounding error below 1e-6 "
        "instead of up to 2e-5, at half the speed");
  visit("workers", config.workers, from_to(0, kMaxWorkers),
        "threads that prepare batches ahead of the step; the result does not depend on it");
  visit("target-accuracy", config.target_accuracy, from_to(0, 1),
        "stop once this part of the test images is right (0.99: 99 %); 0: never");
  visit("patience", config.patience, at_least(0),
        "stop after this many epochs without a better test accuracy; 0: never");
  visit("save-every", config.save_every, at_least(0),
        "steps between checkpoints; 0: at each epoch's end");
  visit("log-every", config.log_every, at_least(0),
        "steps between lines about single batches in log.jsonl; 0: none");
  visit("save-initial", config.save_initial, Switch{},
        "keep the weights before the first step in initial.safetensors");
  visit("eval-every", config.eval_every, at_least(0),
        "steps between further evaluations on the test images, besides each epoch's, as lines in "
        "log.jsonl; the run stays the same; 0: none");
  visit("diagnostics", config.diagnostics, Switch{},
        "measure the loss landscape, gradients, activations and running statistics while training, "
        "without changing it, into log.jsonl");
  visit("probe-every", config.probe_every, at_least(1),
        "with --diagnostics: steps between measurements; the first step is always measured");
}

}  // namespace keel
