// Times training steps of Keel's models in dlib: one of the sides of bench/vs_cpp.
// Its matrix products run on as many threads as OMP_NUM_THREADS says; the rest of dlib has one.

#include <dlib/dnn.h>
#include <dlib/revision.h>

#include "bench/frameworks/steps.h"

namespace {

using namespace dlib;

// Normalisations, as templates over what lies below.
template <class Below>
using batch = bn_con<Below>;
template <class Below>
using none = add_tag_layer<1000, Below>;  // does nothing

template <long out, long kernel, long stride, long padding, class Below>
using convolution = add_layer<con_<out, kernel, kernel, stride, stride, padding, padding>, Below>;
template <long out, template <class> class norm, long kernel, long stride, long padding,
          class Below>
using conv_norm_relu = relu<norm<convolution<out, kernel, stride, padding, Below>>>;
template <class Below>
using halve = max_pool<2, 2, 2, 2, Below>;

using grey = input<matrix<float>>;
using colour = input<matrix<rgb_pixel>>;

template <template <class> class norm>
using lenet5 = loss_multiclass_log<fc<
    10,
    relu<fc<84,
            relu<fc<120, halve<conv_norm_relu<16, norm, 5, 1, 0,
                                              halve<conv_norm_relu<6, norm, 5, 1, 2, grey>>>>>>>>>>;

template <long out, template <class> class norm, class Below>
using vgg_stage =
    halve<conv_norm_relu<out, norm, 3, 1, 1, conv_norm_relu<out, norm, 3, 1, 1, Below>>>;
template <template <class> class norm>
using vgg_small = loss_multiclass_log<
    fc<10, relu<fc<256, vgg_stage<256, norm, vgg_stage<128, norm, vgg_stage<64, norm, colour>>>>>>>;

// He et al. 2016; where the size changes, the shortcut averages 2x2 pixels and adds zero channels.
template <long out, template <class> class norm, long stride, class Below>
using residual_main =
    norm<convolution<out, 3, 1, 1, conv_norm_relu<out, norm, 3, stride, 1, Below>>>;
template <long out, template <class> class norm, class Below>
using block = relu<add_prev1<residual_main<out, norm, 1, tag1<Below>>>>;
template <long out, template <class> class norm, class Below>
using down_block =
    relu<add_prev2<avg_pool<2, 2, 2, 2, skip1<tag2<residual_main<out, norm, 2, tag1<Below>>>>>>>;
template <template <class> class norm>
using resnet20 = loss_multiclass_log<fc<
    10, avg_pool_everything<block<
            64, norm,
            block<64, norm,
                  down_block<
                      64, norm,
                      block<32, norm,
                            block<32, norm,
                                  down_block<32, norm,
                                             block<16, norm,
                                                   block<16, norm,
                                                         block<16, norm,
                                                               conv_norm_relu<16, norm, 3, 1, 1,
                                                                              colour>>>>>>>>>>>>>;

std::vector<matrix<float>> random_images(grey, int count, dlib::rand& random) {
  std::vector<matrix<float>> images(static_cast<std::size_t>(count), matrix<float>(28, 28));
  for (auto& image : images) {
    for (float& value : image) value = static_cast<float>(random.get_random_gaussian());
  }
  return images;
}

std::vector<matrix<rgb_pixel>> random_images(colour, int count, dlib::rand& random) {
  std::vector<matrix<rgb_pixel>> images(static_cast<std::size_t>(count), matrix<rgb_pixel>(32, 32));
  for (auto& image : images) {
    for (rgb_pixel& pixel : image) {
      pixel = rgb_pixel(random.get_random_8bit_number(), random.get_random_8bit_number(),
                        random.get_random_8bit_number());
    }
  }
  return images;
}

template <class Net, class Input>
void time_net(const steps::Options& options) {
  dlib::rand random;
  const auto images = random_images(Input(), options.batch, random);
  std::vector<unsigned long> labels;
  for (int i = 0; i < options.batch; ++i)
    labels.push_back(static_cast<unsigned long>(i % steps::kClasses));
  Net net;
  resizable_tensor x;
  net.to_tensor(images.begin(), images.end(), x);
  std::vector<sgd> solvers(Net::num_computational_layers,
                           sgd(steps::kWeightDecay, steps::kMomentum));
  const auto step = [&] {
    net.compute_parameter_gradients(x, labels.begin());
    net.update_parameters(make_sstack(solvers), steps::kRate);
  };
  const std::string version =
      std::to_string(DLIB_MAJOR_VERSION) + "." + std::to_string(DLIB_MINOR_VERSION);
  steps::serve(options, "dlib " + version, [&] { return steps::time_steps(options, step); });
}

void run(const steps::Options& options) {
  const std::string which = options.model + ' ' + options.norm;
  if (which == "lenet5 batch") return time_net<lenet5<batch>, grey>(options);
  if (which == "lenet5 none") return time_net<lenet5<none>, grey>(options);
  if (which == "vgg-small batch") return time_net<vgg_small<batch>, colour>(options);
  if (which == "vgg-small none") return time_net<vgg_small<none>, colour>(options);
  if (which == "resnet20 batch") return time_net<resnet20<batch>, colour>(options);
  steps::unknown_model(options);
}

}  // namespace

int main(int argc, char** argv) {
  return steps::run_main(argc, argv, run);
}
