// A layer of your own, in your own project: a learnt scale per channel.

#include <cstdio>

#include <keel/keel.h>

// y = x * scale, [N, ..., C] * [C]: composed of Keel's ops, so its gradient comes for free.
class Scale : public keel::Module {
 public:
  explicit Scale(std::int64_t channels) {
    scale_ = keel::Tensor::ones({channels}).set_requires_grad();
  }

  keel::Tensor forward(const keel::Tensor& x, const keel::Mode&) override { return x * scale_; }
  void visit(keel::StateVisitor& visitor) override {
    visitor.state("weight", scale_, keel::StateKind::kNormWeight);
  }
  std::string describe() const override { return "Scale"; }

 private:
  keel::Tensor scale_;
};

int main() {
  keel::Rng rng(1);
  keel::Sequential model;
  model.add<keel::Dense>(4, 3, keel::DenseOptions{}, rng).add<Scale>(3);

  const keel::Tensor x = keel::Tensor::normal({8, 4}, 0, 1, rng);
  const keel::Tensor loss = keel::mean(model.forward(x, {.training = true}));
  keel::backward(loss);
  for (const keel::StateEntry& entry : keel::parameters_of(model)) {
    std::printf("%s %s has a gradient: %s\n", entry.path.c_str(),
                entry.tensor.shape().to_string().c_str(), entry.tensor.has_grad() ? "yes" : "no");
  }
}
