// A normalisation of your own in the program keel, in your own project: it appears in --norm,
// compare, report and norms.
//   own_norm compare --norms none,batch,softsign:2
//   own_norm norms softsign:2 --check

#include <keel/apps/program.h>
#include <keel/keel.h>

namespace {

// y = gamma x / (1 + |x| / scale), gamma learnt, one per channel.
class SoftSign : public keel::Module {
 public:
  SoftSign(std::int64_t channels, double scale)
      : scale_(scale), gamma_(keel::Tensor::ones({channels}).set_requires_grad()) {}

  keel::Tensor forward(const keel::Tensor& x, const keel::Mode&) override {
    return gamma_ * x / (1 + keel::abs(x) / scale_);
  }
  void visit(keel::StateVisitor& visitor) override {
    visitor.state("weight", gamma_, keel::StateKind::kNormWeight);
  }
  std::string describe() const override { return fmt::format("SoftSign({})", scale_); }

 private:
  double scale_;
  keel::Tensor gamma_;
};

}  // namespace

int main(int argc, char** argv) {
  keel::norm_table()["softsign"] = {
      .about = {.family = "My own",
                .summary = "a bounded response",
                .equation = "y = gamma x / (1 + |x| / scale)",
                .reduces_over = "nothing",
                .training = "gamma is learnt",
                .evaluation = "the same",
                .use = "as a pattern",
                .options = {{.name = "scale",
                             .standard = "3",
                             .help = "the bound, apart from gamma",
                             .range = {{.low = 0, .high = 1e6, .excludes_low = true}}}}},
      .make =
          [](const keel::NormSite& site, const keel::NormArguments& arguments) {
            return std::make_unique<SoftSign>(site.channels, arguments.number("scale"));
          },
      .keeps_bias = true};
  return keel::run_program({argv + (argc > 0 ? 1 : 0), argv + argc});
}
