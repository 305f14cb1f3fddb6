#pragma once
// Everything that decides a training run: what the flags of `keel train` set, what config.toml
// keeps, and all that is needed to repeat the run.

#include <cstdint>
#include <string>

namespace keel {

struct TrainConfig {
  // Data
  std::string data = "digits";  ///< a known name or a folder of images
  std::string data_dir{};       ///< empty: $KEEL_DATA, else ~/.cache/keel
  std::int64_t image_size = 0;  ///< of image folders; 0: as found
  std::string colour = "auto";  ///< of image folders: auto, grey, rgb
  double test_fraction = 0.2;   ///< of image folders without train/ and test/
  bool skip_bad_images = false;
  std::int64_t limit_train = 0, limit_test = 0;  ///< 0: all
  std::string augment = "none";                  ///< none, standard
  std::string pad_mode = "zero";                 ///< zero, reflect
  double binarize = 0;  ///< images are made black and white at this part of white; 0: they are not
  bool standardize = true;
  bool shuffle = true;
  bool drop_last = false;

  // Model
  std::string model = "convnet";
  std::int64_t depth = 0;             ///< of mlp and resnet; 0: the model's own
  std::string layers{};               ///< of vgg: "16-M-32"; empty: the model's own
  std::string norm = "batch";         ///< as layers/norm_spec.h describes it: "group:8+ws"
  std::int64_t groups = 0;            ///< of group norm; 0: groups of 8 channels
  double norm_eps = 0;                ///< 0: the normalisation's own
  std::string norm_momentum = "0.1";  ///< weight of the new value, or "none": cumulative average
  bool weight_standardization = false;
  std::string activation{};  ///< empty: the model's own
  double init_scale = 1;     ///< factor on every initial weight
  double init_std = 0;       ///< of every initial weight; 0: the model's own rule
  bool zero_init_residual = false;
  std::string shortcut = "A";  ///< of resnets: A or B (He et al. 2016)
  double dropout = 0;
  std::string dropout_place = "last";  ///< last, all

  // Optimisation
  std::int64_t epochs = 5;
  std::int64_t batch_size = 64;
  std::string optim = "sgd";  ///< sgd, adam, adamw
  double lr = 0.05;
  double momentum = 0.9;
  bool nesterov = false;
  double weight_decay = 0;
  bool decay_norm = false;          ///< decay normalisation parameters and biases too
  std::string schedule = "cosine";  ///< constant, step, multi-step, cosine, one-cycle
  double warmup_epochs = 0;
  double pct_start = 0.3;  ///< of one-cycle: the part of the run that goes up
  double label_smoothing = 0;
  double clip_norm = 0;   ///< 0: off
  double clip_value = 0;  ///< 0: off
  double clip_agc = 0;    ///< 0: off

  // Running
  std::uint64_t seed = 1;
  int threads = 0;                 ///< 0: the physical cores
  std::string precision = "fast";  ///< fast, precise
  int workers = 1;
  double target_accuracy = 0;   ///< stop there; 0: never
  std::int64_t patience = 0;    ///< epochs without a better test accuracy; 0: never
  std::int64_t save_every = 0;  ///< steps; 0: at each epoch's end
  std::int64_t log_every = 0;   ///< steps; 0: epochs only
  bool save_initial = false;
  std::int64_t eval_every = 0;  ///< steps; 0: at each epoch's end alone
  bool diagnostics = false;
  std::int64_t probe_every = 50;  ///< steps between probes, with diagnostics
};

/// `keel train`, as it was called.
struct TrainCommand {
  TrainConfig config;
  std::string run{};     ///< the folder of the run; empty: runs/<name>
  std::string resume{};  ///< the folder of a run to go on with: `config` is that run's, with what
                         ///< the flags change; empty: a new run
  bool quiet = false, no_color = false, dry_run = false;
};

}  // namespace keel
