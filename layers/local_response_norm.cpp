#include <limits>

#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/layers/local_response_norm.h>

namespace keel {

Tensor LocalResponseNorm::forward(const Tensor& x, const Mode&) {
  const std::int64_t channels = x.size(-1), before = options_.size / 2;
  const Tensor rows = reshape(x, {-1, channels});
  const Tensor padded =
      pad(rows * rows, {{}, {.before = before, .after = options_.size - 1 - before}});
  Tensor sum = slice(padded, 1, 0, channels);
  for (std::int64_t i = 1; i < options_.size; ++i) {
    sum = sum + slice(padded, 1, i, i + channels);
  }
  const double share = options_.alpha / static_cast<double>(options_.size);
  return reshape(rows * pow(sum * share + options_.k, -options_.beta), x.shape());
}

std::string LocalResponseNorm::describe() const {
  return fmt::format("LocalResponseNorm({} channels, alpha {}, beta {}, k {})", options_.size,
                     options_.alpha, options_.beta, options_.k);
}

NormEntry local_response_norm_entry() {
  constexpr double kAny = std::numeric_limits<double>::infinity();
  const std::vector<NormOption> options = {
      {.name = "size",
       .standard = "5",
       .help = "n, how many neighbouring channels",
       .range = {{.low = 1, .high = 1024, .whole = true}}},
      {.name = "alpha",
       .standard = "0.0005",
       .help = "strength",
       .range = {{.low = 0, .high = kAny}}},
      {.name = "beta", .standard = "0.75", .help = "exponent", .range = {{.low = 0, .high = kAny}}},
      {.name = "k",
       .standard = "2",
       .help = "what is left where all is 0",
       .range = {{.low = 0, .high = kAny, .excludes_low = true}}}};
  return {
      .about = {.family = "Statistics of one sample",
                .summary = "local response normalisation",
                .equation = "y = x / (k + alpha / n sum of x'^2)^beta",
                .reduces_over = "n neighbouring channels, per pixel",
                .training = "nothing is learnt",
                .evaluation = "the same",
                .paper =
                    "Krizhevsky, Sutskever & Hinton, ImageNet Classification with Deep "
                    "Convolutional Neural Networks, NeurIPS 2012 (its alpha is not divided by n)",
                .use = "for history's sake: AlexNet",
                .options = options},
      .make =
          [](const NormSite&, const NormArguments& arguments) {
            return std::make_unique<LocalResponseNorm>(
                LocalResponseNormOptions{.size = arguments.whole("size"),
                                         .alpha = arguments.number("alpha"),
                                         .beta = arguments.number("beta"),
                                         .k = arguments.number("k")});
          },
      .keeps_bias = true};
}

}  // namespace keel
