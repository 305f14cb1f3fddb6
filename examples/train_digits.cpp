// A network, an optimiser and a training loop: Keel in one page.

#include <keel/keel.h>

#include <cstdio>

int main() {
  const keel::DatasetSplits data = keel::make_digits(/*seed=*/1, 2000, 500);
  const keel::Standardization standardization = keel::standardization_of(data.train);

  keel::Rng rng(1);
  keel::Sequential model;
  model.add<keel::Conv2d>(1, 16, keel::Conv2dOptions{.kernel = 3, .padding = 1, .bias = false}, rng)
      .add<keel::BatchNorm>(16)
      .add<keel::Activation>("relu")
      .add<keel::MaxPool2d>()
      .add<keel::Conv2d>(16, 32, keel::Conv2dOptions{.kernel = 3, .padding = 1, .bias = false}, rng)
      .add<keel::BatchNorm>(32)
      .add<keel::Activation>("relu")
      .add<keel::GlobalAvgPool>()
      .add<keel::Dense>(32, 10, keel::DenseOptions{}, rng);

  keel::ParameterGroup group;
  for (const keel::StateEntry& entry : keel::parameters_of(model)) {
    group.parameters.push_back({entry.path, entry.tensor});
  }
  keel::Sgd optimizer({group}, {.momentum = 0.9});

  keel::Loader loader(data.train, standardization, {.batch_size = 64, .seed = 1});
  for (int epoch = 0; epoch < 3; ++epoch) {
    loader.start_epoch(epoch);
    double loss_sum = 0;
    keel::Batch batch;
    while (loader.next(batch)) {
      optimizer.zero_grad();
      const keel::Tensor logits = model.forward(batch.images, {.training = true});
      const keel::Tensor loss = keel::cross_entropy(logits, batch.labels);
      keel::backward(loss);
      optimizer.step(0.1);
      loss_sum += loss.item();
    }
    std::printf("epoch %d: loss %.3f\n", epoch + 1,
                loss_sum / static_cast<double>(loader.batches_per_epoch()));
  }
}
