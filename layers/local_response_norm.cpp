#include <limits>

#include <keel/layers/local_response_norm.h>

namespace keel {

Tensor LocalResponseNorm::forward(const Tensor& x, const Mode&) {
  return local_response(x, options_);
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
                .computed = "by one op (`local_response`), in float64, with roots in place of the "
                            "power where beta is 0.75",
                .paper =
                    "Krizhevsky, Sutskever & Hinton, ImageNet Classification with Deep "
                    "Convolutional Neural Networks, NeurIPS 2012 (its alpha is not divided by n)",
                .use = "for history's sake: AlexNet",
                .options = options},
      .make =
          [](const NormSite&, const NormArguments& arguments) {
            return std::make_unique<LocalResponseNorm>(
                LocalResponse{.size = arguments.whole("size"),
                              .alpha = arguments.number("alpha"),
                              .beta = arguments.number("beta"),
                              .k = arguments.number("k")});
          },
      .keeps_bias = true};
}

}  // namespace keel
