// A normalisation of your own in the program keel: it appears in --norm, compare, report and norms.
//   own_norm compare --norms none,batch,softsign:2
//   own_norm norms softsign:2 --check

#include <keel/keel.h>

#include "apps/program.h"

namespace {

class SoftSign : public keel::Module {
 public:
  explicit SoftSign(double scale) : scale_(scale) {}

  keel::Tensor forward(const keel::Tensor& x, const keel::Mode&) override {
    return x / (1 + keel::abs(x) / scale_);
  }
  std::string describe() const override { return fmt::format("SoftSign({})", scale_); }

 private:
  double scale_;
};

}  // namespace

int main(int argc, char** argv) {
  keel::norm_table()["softsign"] = {
      .about = {.family = "My own",
                .summary = "a bounded response",
                .equation = "y = x / (1 + |x| / scale)",
                .reduces_over = "nothing",
                .training = "nothing is learnt",
                .evaluation = "the same",
                .use = "as a pattern",
                .options = {{.name = "scale",
                             .standard = "3",
                             .help = "the bound",
                             .range = {{.low = 0, .high = 1e6, .excludes_low = true}}}}},
      .make =
          [](const keel::NormSite&, const keel::NormArguments& arguments) {
            return std::make_unique<SoftSign>(arguments.number("scale"));
          },
      .keeps_bias = true};
  return keel::run_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
