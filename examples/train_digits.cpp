// A network, an optimiser and a training loop: Keel in one page.

#include <cstdio>

#include <keel/keel.h>

int main() {
  const keel::DatasetSplits data = keel::make_digits(/*seed=*/1, 4000, 1000);
  const keel::Standardization standardization = keel::standardization_of(data.train);

  keel::Rng rng(1);
  keel::Sequential model;
  model.add<keel::Conv2d>(1, 16, keel::Conv2dOptions{.padding = 1, .bias = false}, rng)
      .add<keel::BatchNorm>(16)
      .add<keel::Activation>("relu")
      .add<keel::MaxPool2d>()
      .add<keel::Conv2d>(16, 32, keel::Conv2dOptions{.padding = 1, .bias = false}, rng)
      .add<keel::BatchNorm>(32)
      .add<keel::Activation>("relu")
      .add<keel::MaxPool2d>()
      .add<keel::Flatten>()
      .add<keel::Dense>(32 * 7 * 7, 10, keel::DenseOptions{}, rng);

  keel::ParameterGroup group;
  for (const keel::StateEntry& entry : keel::parameters_of(model)) {
    group.parameters.push_back({entry.path, entry.tensor});
  }
  keel::Sgd optimizer({group}, {.momentum = 0.9});

  keel::Loader loader(data.train, standardization, {.batch_size = 64, .seed = 1});
  keel::Batch batch;
  for (int epoch = 0; epoch < 4; ++epoch) {
    double loss_sum = 0;
    loader.start_epoch(epoch);
    while (loader.next(batch)) {
      optimizer.zero_grad();
      const keel::Tensor logits = model.forward(batch.images, {.training = true});
      const keel::Tensor loss = keel::cross_entropy(logits, batch.labels);
      keel::backward(loss);
      optimizer.step(0.02);
      loss_sum += loss.item();
    }
    std::printf("epoch %d: loss %.3f\n", epoch + 1,
                loss_sum / static_cast<double>(loader.batches_per_epoch()));
  }

  const keel::NoGradGuard no_grad;
  std::int64_t correct = 0;
  keel::Loader test_loader(data.test, standardization, {.batch_size = 100, .shuffle = false});
  test_loader.start_epoch(0);
  while (test_loader.next(batch)) {
    correct += keel::count_correct(model.forward(batch.images, {}), batch.labels);
  }
  std::printf("test accuracy %.1f %%\n",
              100.0 * static_cast<double>(correct) / static_cast<double>(data.test.size()));
}
