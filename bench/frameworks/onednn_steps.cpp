// Times training steps of Keel's vgg-small made of oneDNN's primitives: one of the sides of
// bench/vs_cpp. oneDNN is what PyTorch computes with; here it chooses every layout and algorithm,
// and nothing lies between the primitives. It has as many threads as OMP_NUM_THREADS says.

#include <cmath>
#include <dnnl.hpp>
#include <functional>
#include <random>
#include <unordered_map>
#include <utility>

#include "bench/frameworks/steps.h"

namespace {

using namespace dnnl;
using Dims = memory::dims;
using Tag = memory::format_tag;
using Arguments = std::unordered_map<int, memory>;

memory::desc description(const Dims& dims, Tag tag) {
  return {dims, memory::data_type::f32, tag};
}

// The primitives of a step in their order. Each layer appends its forward primitives at once and
// leaves a function that will append its backward ones, given the output's gradient, and return the
// input's.
class Tape {
 public:
  explicit Tape(int batch) : batch_(batch) {
    x_ = random(description({batch, 3, 32, 32}, Tag::nhwc), 1);
  }

  void conv(memory::dim out, bool bias) {
    const memory::dim in = x_.get_desc().dims()[1], size = x_.get_desc().dims()[2];
    const auto any = [](const Dims& dims) { return description(dims, Tag::any); };
    const auto x = any({batch_, in, size, size}), w = any({out, in, 3, 3}),
               b = bias ? any({out}) : memory::desc(), y = any({batch_, out, size, size});
    const Dims one = {1, 1};
    const auto forward = convolution_forward::primitive_desc(
        {prop_kind::forward_training, algorithm::convolution_auto, x, w, b, y, one, one, one},
        engine_);
    const memory input = as(x_, forward.src_desc()), output(forward.dst_desc(), engine_);
    const memory weights = parameter(forward.weights_desc(), 9 * in);
    const memory biases = bias ? parameter(forward.bias_desc(), 9 * in) : memory();
    add(convolution_forward(forward), {{DNNL_ARG_SRC, input},
                                       {DNNL_ARG_WEIGHTS, weights},
                                       {DNNL_ARG_BIAS, biases},
                                       {DNNL_ARG_DST, output}});
    x_ = output;
    const bool first = backward_.empty();
    backward_.push_back([=, this](const memory& dy) {
      const auto of_weights = convolution_backward_weights::primitive_desc(
          {algorithm::convolution_auto, x, w, b, y, one, one, one}, engine_, forward);
      const memory dw(of_weights.diff_weights_desc(), engine_);
      const memory db = bias ? memory(of_weights.diff_bias_desc(), engine_) : memory();
      add(convolution_backward_weights(of_weights),
          {{DNNL_ARG_SRC, as(input, of_weights.src_desc())},
           {DNNL_ARG_DIFF_DST, as(dy, of_weights.diff_dst_desc())},
           {DNNL_ARG_DIFF_WEIGHTS, dw},
           {DNNL_ARG_DIFF_BIAS, db}});
      learn(weights, dw);
      if (bias) learn(biases, db);
      if (first) return memory();
      const auto of_data = convolution_backward_data::primitive_desc(
          {algorithm::convolution_auto, x, w, y, one, one, one}, engine_, forward);
      const memory dx(of_data.diff_src_desc(), engine_);
      add(convolution_backward_data(of_data),
          {{DNNL_ARG_WEIGHTS, as(weights, of_data.weights_desc())},
           {DNNL_ARG_DIFF_DST, as(dy, of_data.diff_dst_desc())},
           {DNNL_ARG_DIFF_SRC, dx}});
      return dx;
    });
  }

  void batch_norm_relu() {
    constexpr float kEps = 1e-5f;
    const auto flags = normalization_flags::use_scale_shift | normalization_flags::fuse_norm_relu;
    const memory::desc map = x_.get_desc();
    const auto forward = batch_normalization_forward::primitive_desc(
        {prop_kind::forward_training, map, kEps, flags}, engine_);
    const memory input = x_, output(map, engine_), mean(forward.mean_desc(), engine_),
                 variance(forward.variance_desc(), engine_),
                 workspace(forward.workspace_desc(), engine_);
    const memory scale_shift(forward.weights_desc(), engine_);
    const std::size_t half = size_of(scale_shift) / 2;
    std::fill_n(floats_of(scale_shift), half, 1.0f);
    std::fill_n(floats_of(scale_shift) + half, half, 0.0f);
    add(batch_normalization_forward(forward), {{DNNL_ARG_SRC, input},
                                               {DNNL_ARG_DST, output},
                                               {DNNL_ARG_SCALE_SHIFT, scale_shift},
                                               {DNNL_ARG_MEAN, mean},
                                               {DNNL_ARG_VARIANCE, variance},
                                               {DNNL_ARG_WORKSPACE, workspace}});
    x_ = output;
    backward_.push_back([=, this](const memory& dy) {
      const auto backward = batch_normalization_backward::primitive_desc(
          {prop_kind::backward, map, map, kEps, flags}, engine_, forward);
      const memory gradient = as(dy, backward.diff_dst_desc());
      const memory dx(backward.diff_src_desc(), engine_);
      const memory d_scale_shift(backward.diff_weights_desc(), engine_);
      add(batch_normalization_backward(backward), {{DNNL_ARG_SRC, input},
                                                   {DNNL_ARG_DIFF_DST, gradient},
                                                   {DNNL_ARG_DIFF_SRC, dx},
                                                   {DNNL_ARG_SCALE_SHIFT, scale_shift},
                                                   {DNNL_ARG_DIFF_SCALE_SHIFT, d_scale_shift},
                                                   {DNNL_ARG_MEAN, mean},
                                                   {DNNL_ARG_VARIANCE, variance},
                                                   {DNNL_ARG_WORKSPACE, workspace}});
      learn(scale_shift, d_scale_shift);
      return dx;
    });
  }

  // In place.
  void relu() {
    const auto algorithm = algorithm::eltwise_relu_use_dst_for_bwd;
    const memory y = x_;
    const auto forward = eltwise_forward::primitive_desc(
        {prop_kind::forward_training, algorithm, y.get_desc(), 0.0f, 0.0f}, engine_);
    add(eltwise_forward(forward), {{DNNL_ARG_SRC, y}, {DNNL_ARG_DST, y}});
    backward_.push_back([=, this](const memory& gradient) {
      const memory dy = as(gradient, y.get_desc());
      const auto backward = eltwise_backward::primitive_desc(
          {algorithm, y.get_desc(), y.get_desc(), 0.0f, 0.0f}, engine_, forward);
      add(eltwise_backward(backward),
          {{DNNL_ARG_DST, y}, {DNNL_ARG_DIFF_DST, dy}, {DNNL_ARG_DIFF_SRC, dy}});
      return dy;
    });
  }

  void halve() {
    const memory::desc map = x_.get_desc();
    Dims halved = map.dims();
    halved[2] /= 2;
    halved[3] /= 2;
    const Dims two = {2, 2}, none = {0, 0};
    const auto forward =
        pooling_forward::primitive_desc({prop_kind::forward_training, algorithm::pooling_max, map,
                                         description(halved, Tag::any), two, two, none, none},
                                        engine_);
    const memory output(forward.dst_desc(), engine_), workspace(forward.workspace_desc(), engine_);
    add(pooling_forward(forward),
        {{DNNL_ARG_SRC, x_}, {DNNL_ARG_DST, output}, {DNNL_ARG_WORKSPACE, workspace}});
    x_ = output;
    backward_.push_back([=, this](const memory& dy) {
      const auto backward = pooling_backward::primitive_desc(
          {algorithm::pooling_max, map, output.get_desc(), two, two, none, none}, engine_, forward);
      const memory dx(map, engine_);
      add(pooling_backward(backward), {{DNNL_ARG_DIFF_DST, as(dy, output.get_desc())},
                                       {DNNL_ARG_DIFF_SRC, dx},
                                       {DNNL_ARG_WORKSPACE, workspace}});
      return dx;
    });
  }

  void dense(memory::dim out) {
    Dims in = x_.get_desc().dims(), weight_dims = in;
    weight_dims[0] = out;
    memory::dim fan_in = 1;
    for (std::size_t i = 1; i < in.size(); ++i) fan_in *= in[i];
    const auto x = description(in, Tag::any), w = description(weight_dims, Tag::any),
               b = description({out}, Tag::x), y = description({batch_, out}, Tag::nc);
    const auto forward =
        inner_product_forward::primitive_desc({prop_kind::forward_training, x, w, b, y}, engine_);
    const memory input = as(x_, forward.src_desc()), output(y, engine_);
    const memory weights = parameter(forward.weights_desc(), fan_in);
    const memory biases = parameter(b, fan_in);
    add(inner_product_forward(forward), {{DNNL_ARG_SRC, input},
                                         {DNNL_ARG_WEIGHTS, weights},
                                         {DNNL_ARG_BIAS, biases},
                                         {DNNL_ARG_DST, output}});
    x_ = output;
    backward_.push_back([=, this](const memory& dy) {
      const auto of_weights =
          inner_product_backward_weights::primitive_desc({x, w, b, y}, engine_, forward);
      const memory dw(of_weights.diff_weights_desc(), engine_), db(b, engine_);
      add(inner_product_backward_weights(of_weights),
          {{DNNL_ARG_SRC, as(input, of_weights.src_desc())},
           {DNNL_ARG_DIFF_DST, dy},
           {DNNL_ARG_DIFF_WEIGHTS, dw},
           {DNNL_ARG_DIFF_BIAS, db}});
      learn(weights, dw);
      learn(biases, db);
      const auto of_data = inner_product_backward_data::primitive_desc({x, w, y}, engine_, forward);
      const memory dx(of_data.diff_src_desc(), engine_);
      add(inner_product_backward_data(of_data),
          {{DNNL_ARG_WEIGHTS, as(weights, of_data.weights_desc())},
           {DNNL_ARG_DIFF_DST, dy},
           {DNNL_ARG_DIFF_SRC, dx}});
      return dx;
    });
  }

  // Cross entropy of the logits; then all gradients.
  void finish() {
    const memory logits = x_;
    memory gradient(logits.get_desc(), engine_);
    steps_.push_back([this, logits, gradient] {
      const float* z = floats_of(logits);
      float* dz = floats_of(gradient);
      for (int i = 0; i < batch_; ++i, z += steps::kClasses, dz += steps::kClasses) {
        const float largest = *std::max_element(z, z + steps::kClasses);
        float sum = 0;
        for (int c = 0; c < steps::kClasses; ++c) sum += dz[c] = std::exp(z[c] - largest);
        for (int c = 0; c < steps::kClasses; ++c) {
          dz[c] =
              (dz[c] / sum - (c == i % steps::kClasses ? 1.0f : 0.0f)) / static_cast<float>(batch_);
        }
        loss_ -= (z[i % steps::kClasses] - largest - std::log(sum)) / static_cast<float>(batch_);
      }
    });
    for (; !backward_.empty(); backward_.pop_back()) gradient = backward_.back()(gradient);
  }

  /// Returns the loss before the step.
  float step() {
    loss_ = 0;
    for (const auto& work : steps_) work();
    for (Learnt& p : learnt_) p.update();
    return loss_;
  }

 private:
  struct Learnt {
    memory value, gradient;
    std::vector<float> velocity;

    void update() {
      float* w = floats_of(value);
      const float* g = floats_of(gradient);
      float* v = velocity.data();
      const auto n = static_cast<std::ptrdiff_t>(velocity.size());
#pragma omp parallel for simd
      for (std::ptrdiff_t i = 0; i < n; ++i) {
        v[i] = steps::kMomentum * v[i] + g[i] + steps::kWeightDecay * w[i];
        w[i] -= steps::kRate * v[i];
      }
    }
  };

  void add(const primitive& what, const Arguments& arguments) {
    steps_.push_back([this, what, arguments] {
      what.execute(stream_, arguments);
      stream_.wait();
    });
  }

  // The same numbers in the layout that a primitive wants.
  memory as(const memory& from, const memory::desc& wanted) {
    if (from.get_desc() == wanted) return from;
    const memory to(wanted, engine_);
    add(reorder(from, to), {{DNNL_ARG_FROM, from}, {DNNL_ARG_TO, to}});
    return to;
  }

  static float* floats_of(const memory& m) {
    return static_cast<float*>(m.get_data_handle());
  }
  static std::size_t size_of(const memory& m) {
    return m.get_desc().get_size() / sizeof(float);
  }

  memory random(const memory::desc& plain, float deviation) {
    std::normal_distribution<float> normal(0, deviation);
    const memory values(plain, engine_);
    std::generate_n(floats_of(values), size_of(values), [&] { return normal(random_); });
    return values;
  }

  // He's initial values. What a blocked layout adds to fill its blocks stays zero.
  memory parameter(const memory::desc& wanted, memory::dim fan_in) {
    constexpr Tag kPlain[] = {Tag::a, Tag::ab, Tag::abc, Tag::abcd};
    const Dims dims = wanted.dims();
    const memory plain = random(description(dims, kPlain[dims.size() - 1]),
                                std::sqrt(2.0f / static_cast<float>(fan_in)));
    const memory values(wanted, engine_);
    reorder(plain, values).execute(stream_, {{DNNL_ARG_FROM, plain}, {DNNL_ARG_TO, values}});
    stream_.wait();
    return values;
  }

  void learn(const memory& value, const memory& gradient) {
    learnt_.push_back({value, as(gradient, value.get_desc()), std::vector<float>(size_of(value))});
  }

  memory::dim batch_;
  engine engine_{engine::kind::cpu, 0};
  stream stream_{engine_};
  std::mt19937 random_{1};
  memory x_;  // the last layer's output
  std::vector<std::function<void()>> steps_;
  std::vector<std::function<memory(const memory&)>> backward_;
  std::vector<Learnt> learnt_;
  float loss_ = 0;
};

void run(const steps::Options& options) {
  const bool norm = options.norm == "batch";
  if (options.model != "vgg-small" || (!norm && options.norm != "none")) {
    steps::unknown_model(options);
  }
  Tape tape(options.batch);
  for (const int out : {64, 128, 256}) {
    for (int i = 0; i < 2; ++i) {
      tape.conv(out, !norm);
      if (norm) {
        tape.batch_norm_relu();
      } else {
        tape.relu();
      }
    }
    tape.halve();
  }
  tape.dense(256);
  tape.relu();
  tape.dense(steps::kClasses);
  tape.finish();
  const version_t* v = version();
  const std::string name = "oneDNN " + std::to_string(v->major) + '.' + std::to_string(v->minor);
  steps::serve(options, name, [&] {
    float loss = 0;
    auto seconds = steps::time_steps(options, [&] { loss = tape.step(); });
    if (!std::isfinite(loss))
      throw std::runtime_error("the loss is not finite: this is no training");
    return seconds;
  });
}

}  // namespace

int main(int argc, char** argv) {
  return steps::run_main(argc, argv, run);
}
