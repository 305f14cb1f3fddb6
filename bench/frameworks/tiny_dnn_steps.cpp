// Times training steps of Keel's lenet5 in tiny-dnn: one of the sides of bench/vs_cpp. Larger
// models take minutes a step there. It has as many threads as OMP_NUM_THREADS says.

#define CNN_USE_OMP
#ifdef __AVX__
#define CNN_USE_AVX
#endif
#include <random>

#include <tiny_dnn/tiny_dnn.h>

#include "bench/frameworks/steps.h"

namespace {

using namespace tiny_dnn;
using Net = network<sequential>;
using activation::identity;
using activation::relu;

// A map of images, as it grows through the layers.
struct Map {
  serial_size_t size, channels;
  serial_size_t values() const { return size * size * channels; }
};

void add_conv(Net& net, Map& map, serial_size_t out, serial_size_t kernel, padding pad, bool norm) {
  const Map in = map;
  map = {pad == padding::same ? in.size : in.size - kernel + 1, out};
  if (!norm) {
    net << convolutional_layer<relu>(in.size, in.size, kernel, in.channels, out, pad);
    return;
  }
  // With a bias, though the norm subtracts it again: without one tiny-dnn's AVX kernels crash.
  net << convolutional_layer<identity>(in.size, in.size, kernel, in.channels, out, pad)
      << batch_normalization_layer(map.size * map.size, out) << linear_layer<relu>(map.values());
}

void halve(Net& net, Map& map) {
  net << max_pooling_layer<identity>(map.size, map.size, map.channels, 2);
  map.size /= 2;
}

Net lenet5(Map map, bool norm) {
  Net net;
  add_conv(net, map, 6, 5, padding::same, norm);
  halve(net, map);
  add_conv(net, map, 16, 5, padding::valid, norm);
  halve(net, map);
  net << fully_connected_layer<relu>(map.values(), 120) << fully_connected_layer<relu>(120, 84)
      << fully_connected_layer<activation::softmax>(84, steps::kClasses);
  return net;
}

void time_net(const steps::Options& options, Net net, Map input) {
  std::mt19937 random(1);
  std::normal_distribution<float> normal;
  std::vector<vec_t> images(static_cast<std::size_t>(options.batch), vec_t(input.values()));
  std::vector<label_t> labels;
  for (vec_t& image : images) {
    for (float_t& value : image) value = normal(random);
    labels.push_back(static_cast<label_t>(labels.size() % steps::kClasses));
  }
  momentum optimizer;
  optimizer.alpha = steps::kRate;
  optimizer.mu = steps::kMomentum;
  optimizer.lambda = steps::kWeightDecay;
  // All images are one batch: an epoch is a step.
  steps::serve(options, "tiny-dnn", [&] {
    std::vector<steps::Clock::time_point> ends;
    const auto at_end = [&] { ends.push_back(steps::Clock::now()); };
    net.train<cross_entropy_multiclass>(
        optimizer, images, labels, images.size(), steps::kWarmUp + options.steps, [] {}, at_end);
    std::vector<double> seconds;
    for (std::size_t i = steps::kWarmUp; i < ends.size(); ++i) {
      seconds.push_back(std::chrono::duration<double>(ends[i] - ends[i - 1]).count());
    }
    return seconds;
  });
}

void run(const steps::Options& options) {
  const bool norm = options.norm == "batch";
  if (options.model != "lenet5" || (!norm && options.norm != "none")) steps::unknown_model(options);
  const Map grey{28, 1};
  time_net(options, lenet5(grey, norm), grey);
}

}  // namespace

int main(int argc, char** argv) {
  return steps::run_main(argc, argv, run);
}
