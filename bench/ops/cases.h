#pragma once
// What is timed: one declaration per case, with its own count of the work.

#include <functional>
#include <string>
#include <vector>

#include <keel/core/tensor.h>

namespace keel::bench {

/// Of one call.
struct Work {
  double flops = 0;
  /// Those that must move at least: each array once, or twice where a result of the whole array
  /// decides about each of its elements.
  double bytes = 0;
  /// What the arrays hold together; 0: as many as move.
  double working_set = 0;
  /// Whether results go over an input: where they go then need not be read first.
  bool in_place = false;
  /// Flops of the algorithm in use, where it needs fewer than are counted; 0: as many.
  double used_flops = 0;

  double bytes_held() const { return working_set > 0 ? working_set : bytes; }
  double flops_used() const { return used_flops > 0 ? used_flops : flops; }
};

struct Timed {
  std::function<void()> before;  ///< not timed
  std::function<void()> run;
};

struct Case {
  std::string name;  ///< "conv2d/resnet20/3x3-16-16-32x32/forward"
  Work work;
  std::function<Timed()> make;      ///< draws the inputs
  std::function<double()> error{};  ///< of float32 against float64; empty where no tensors compute
  std::string model{};              ///< in whose step it occurs ...
  int count = 0;                    ///< ... so many times
};

using Op = std::function<Tensor(const std::vector<Tensor>& inputs)>;

/// The op on inputs of these shapes that require gradients: what it saves for the backward pass is
/// part of the time.
Case forward_case(std::string name, Work work, std::vector<Shape> inputs, Op op);

/// The op's backward pass alone, towards the inputs at the indices `wanted`.
Case backward_case(std::string name, Work work, std::vector<Shape> inputs,
                   std::vector<std::size_t> wanted, Op op);

/// Adds cases that occur `count` times each in a step of the model.
void append(std::vector<Case>& cases, std::vector<Case> some, const std::string& model, int count);

// A file each.
std::vector<Case> conv_cases();
std::vector<Case> dense_cases();
std::vector<Case> normalize_cases();
std::vector<Case> reduce_cases();
std::vector<Case> elementwise_cases();
std::vector<Case> pool_cases();
std::vector<Case> layout_cases();
std::vector<Case> loss_cases();
std::vector<Case> optimizer_cases();
std::vector<Case> data_cases();

}  // namespace keel::bench
