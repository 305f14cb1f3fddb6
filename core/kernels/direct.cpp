#include <algorithm>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include <keel/core/kernels/correlation.h>
#include <keel/core/kernels/direct.h>
#include <keel/core/kernels/image_lanes.h>
#include <keel/core/kernels/scratch.h>
#include <keel/core/parallel.h>

namespace keel::kernels {
namespace {

// Values that lie side by side in a padded image and are read for one output pixel.
struct DirectRun {
  std::int64_t offset, length;
};

// A row of output pixels: where it reads, from the first pixel's place on.
struct DirectRow {
  const DirectRun* runs;  // in the order of the weights
  std::int64_t run_count;
  const float* weights;
  std::int64_t channels;        // of the output
  std::int64_t x_step, y_step;  // from pixel to pixel
  std::int64_t pixels;
  Finish finish;  // its bias from the first of these channels on, for all lanes
};

// All output pixels of an image (or of a vector of images), for the gradient of the weights.
struct DirectImage {
  const DirectRun* runs;
  std::int64_t run_count;
  std::int64_t channels, rows, columns;  // of the output
  std::int64_t x_row, x_step, dy_row, dy_step;
};

}  // namespace
}  // namespace keel::kernels

#define KEEL_ISA_SOURCE <keel/core/kernels/direct.inl.h>
#include <keel/core/kernels/for_each_isa.h>

namespace keel::kernels::direct {
namespace {

// Output channels that a kernel handles at a time, and how many its weights are padded to.
struct ChannelBlock {
  std::int64_t first, channels, width;
};

using RowKernel = void (*)(const DirectRow&, const float* x, float* y);
using ImageKernel = void (*)(const DirectImage&, const float* x, const float* dy, float* sums);

// What lies in the lanes of vectors: output channels, or images where the channels would leave too
// many lanes empty.
struct Lanes {
  std::int64_t images;  // side by side in a vector; 1: channels are
  std::int64_t width;   // of all blocks
  std::vector<ChannelBlock> blocks;

  explicit Lanes(std::int64_t channels) {
    const std::int64_t lanes = select(KEEL_ISA_VARIANTS(lane_count))();
    const std::int64_t padded = (channels + lanes - 1) / lanes * lanes;
    images = 3 * channels < 2 * padded ? lanes : 1;
    width = images > 1 ? channels : padded;
    const std::int64_t most = images > 1 ? select(KEEL_ISA_VARIANTS(most_outputs))() : 2 * lanes;
    for (std::int64_t first = 0; first < channels; first += most) {
      blocks.push_back({first, std::min(most, channels - first), std::min(most, width - first)});
    }
  }

  RowKernel row_kernel(const ChannelBlock& block) const {
    if (images > 1) return select(KEEL_ISA_VARIANTS(correlate_images_row));
    return block.width == select(KEEL_ISA_VARIANTS(lane_count))()
               ? select(KEEL_ISA_VARIANTS(correlate_row<1>))
               : select(KEEL_ISA_VARIANTS(correlate_row<2>));
  }

  ImageKernel image_kernel(const ChannelBlock& block) const {
    if (images > 1) return select(KEEL_ISA_VARIANTS(accumulate_images_runs));
    return block.width == select(KEEL_ISA_VARIANTS(lane_count))()
               ? select(KEEL_ISA_VARIANTS(accumulate_runs<1>))
               : select(KEEL_ISA_VARIANTS(accumulate_runs<2>));
  }
};

// Where a row of taps begins among the runs and among the taps.
struct TapRow {
  std::int64_t row, first_run, first_tap;
};

// The taps' values in a padded image, side by side where they are neighbours in a row.
struct Runs {
  std::vector<DirectRun> all;
  std::vector<TapRow> rows;  // in rising order, and a last one that ends them
};

Runs runs_of(const std::vector<Tap>& taps, std::int64_t columns, std::int64_t channels) {
  Runs runs;
  const auto begin_row = [&](std::int64_t row, std::size_t tap) {
    runs.rows.push_back(
        {row, static_cast<std::int64_t>(runs.all.size()), static_cast<std::int64_t>(tap)});
  };
  for (std::size_t i = 0; i < taps.size(); ++i) {
    const Tap& tap = taps[i];
    const std::int64_t offset = (tap.row * columns + tap.column) * channels;
    const bool new_row = i == 0 || taps[i - 1].row != tap.row;
    if (new_row) begin_row(tap.row, i);
    if (!new_row && runs.all.back().offset + runs.all.back().length == offset) {
      runs.all.back().length += channels;
    } else {
      runs.all.push_back({offset, channels});
    }
  }
  begin_row(0, taps.size());
  return runs;
}

// A phase's weights, block after block of output channels, each [taps, inputs, width].
void pack_weights(const std::vector<Tap>& taps, std::int64_t inputs,
                  const std::vector<ChannelBlock>& blocks, const float* weight,
                  const WeightOrder& order, float* packed) {
  const auto values = static_cast<std::int64_t>(taps.size()) * inputs;
  parallel_for(static_cast<std::int64_t>(blocks.size()), 1, [&](auto begin, auto end) {
    for (std::int64_t b = begin; b < end; ++b) {
      const ChannelBlock& block = blocks[static_cast<std::size_t>(b)];
      float* to = packed + block.first * values;
      for (const Tap& tap : taps) {
        for (std::int64_t i = 0; i < inputs; ++i, to += block.width) {
          const float* from =
              weight + tap.index * order.tap + i * order.input + block.first * order.output;
          for (std::int64_t c = 0; c < block.channels; ++c) to[c] = from[c * order.output];
          std::fill(to + block.channels, to + block.width, 0.0f);
        }
      }
    }
  });
}

// One phase of the images whose window is x, into the images y. The runs are those of its taps.
void correlate_phase(const Correlation& job, const Phase& phase, const Runs& runs,
                     const Lanes& lanes, const float* x, const float* weights, float* y,
                     const Finish& finish) {
  const auto values = static_cast<std::int64_t>(phase.taps.size()) * job.channels;
  const std::int64_t pixel = lanes.images > 1 ? job.out_channels : job.y_pixel;
  for (const ChannelBlock& block : lanes.blocks) {
    const RowKernel kernel = lanes.row_kernel(block);
    for (std::int64_t r = 0; r < phase.rows; ++r) {
      const std::int64_t in_row = phase.row + r * job.in_step;
      // Rows of taps above or below the image would only add zeros.
      const auto row_from = [&](auto from, std::int64_t image_row) {
        return std::find_if(from, std::prev(runs.rows.end()), [&](const TapRow& taps) {
          return job.window.top + in_row + taps.row >= image_row;
        });
      };
      const auto first = row_from(runs.rows.begin(), 0), last = row_from(first, job.height);
      const DirectRow row{
          runs.all.data() + first->first_run,
          last->first_run - first->first_run,
          weights + block.first * values + first->first_tap * job.channels * block.width,
          block.channels,
          job.in_step * job.channels,
          job.out_step * pixel,
          phase.columns,
          {finish.bias ? finish.bias + block.first : nullptr, finish.relu}};
      const std::int64_t in = in_row * job.window.columns + phase.column;
      const std::int64_t out =
          (phase.out_row + r * job.out_step) * job.out_width + phase.out_column;
      kernel(row, x + in * job.channels * lanes.images,
             y + (out * pixel + block.first) * lanes.images);
    }
  }
}

void correlate(const Correlation& job, const float* x, const float* weight,
               const WeightOrder& order, float* y, const Finish& finish,
               const PoolBehind* pool = nullptr) {
  const Lanes lanes(job.out_channels);
  std::int64_t taps = 0;
  for (const Phase& phase : job.phases) taps += static_cast<std::int64_t>(phase.taps.size());
  const std::int64_t tap_size = job.channels * lanes.width;
  const Scratch<float> packed(taps * tap_size);
  float* to = packed.data();
  std::vector<Runs> runs;  // of each phase
  for (const Phase& phase : job.phases) {
    runs.push_back(runs_of(phase.taps, job.window.columns, job.channels));
    pack_weights(phase.taps, job.channels, lanes.blocks, weight, order, to);
    to += static_cast<std::int64_t>(phase.taps.size()) * tap_size;
  }

  // Whole vectors of channels: lanes beyond the last are read.
  const Scratch<float> biases(finish.bias ? lanes.width : 0);
  if (finish.bias) {
    float* rest = std::copy_n(finish.bias, job.out_channels, biases.data());
    std::fill(rest, biases.data() + lanes.width, 0.0f);
  }
  const Finish padded{finish.bias ? biases.data() : nullptr, finish.relu};

  const Windows windows({x, job.batch, job.height, job.width, job.channels, job.x_pixel},
                        lanes.images, job.window);
  const std::int64_t pixels = job.out_height * job.out_width, out_size = pixels * job.y_pixel;
  const ThreadScratch<float> together(lanes.images > 1 ? pixels * job.out_channels * lanes.images
                                                       : 0);
  const std::optional<LanePool> lane_pool =
      pool ? std::optional<LanePool>(std::in_place, *pool, lanes.images) : std::nullopt;
  parallel_for(job.batch, lanes.images, [&](std::int64_t first, std::int64_t last) {
    const float* window = windows.of(first);
    float* out = lanes.images > 1 ? together.mine() : y + first * out_size;
    const float* weights = packed.data();
    for (std::size_t i = 0; i < job.phases.size(); ++i) {
      const Phase& phase = job.phases[i];
      correlate_phase(job, phase, runs[i], lanes, window, weights, out, padded);
      weights += static_cast<std::int64_t>(phase.taps.size()) * tap_size;
    }
    if (lane_pool) {
      lane_pool->forward(first, last - first, out, y);
    } else if (lanes.images > 1) {
      separate_pixels(out, last - first, lanes.images, pixels, job.out_channels, job.y_pixel,
                      y + first * out_size);
    }
  });
}

// Sums per batch of images, added in the batches' order: the same for any number of threads.
void accumulate(const Group& of, const float* x, const float* dy, float* dweight, float* dbias,
                const PoolBehind* pool) {
  const ConvShape& s = of.shape;
  const auto sum_columns = select(KEEL_ISA_VARIANTS(column_sums<float>));
  const Lanes lanes(s.out_channels);
  const std::int64_t values = s.kernel_height * s.kernel_width * s.in_channels;
  const std::int64_t sums_size = values * lanes.width;
  const std::int64_t bias_sums_size = dbias ? lanes.width * lanes.images : 0;
  const Window window = input_window(s);
  const std::vector<DirectRun> runs = runs_of(input_taps(s), window.columns, s.in_channels).all;
  const Windows windows({x, s.batch, s.height, s.width, s.in_channels, of.x_pixel}, lanes.images,
                        window);
  const GradientImages gradients(of, lanes.images, lanes.width, dy, pool);

  constexpr std::int64_t kBatches = 16;
  const std::int64_t vectors = (s.batch + lanes.images - 1) / lanes.images;
  const std::int64_t grain = std::max<std::int64_t>(1, (vectors + kBatches - 1) / kBatches);
  const std::int64_t batches = (vectors + grain - 1) / grain;
  const Scratch<float> partial(batches * sums_size);
  const Scratch<double> bias_partial(batches * bias_sums_size);
  parallel_for(vectors, grain, [&](std::int64_t begin, std::int64_t end) {
    float* sums = partial.data() + begin / grain * sums_size;
    double* bias_sums = bias_partial.data() + begin / grain * bias_sums_size;
    std::fill_n(sums, sums_size, 0.0f);
    std::fill_n(bias_sums, bias_sums_size, 0.0);
    for (std::int64_t n = begin * lanes.images; n < std::min(end * lanes.images, s.batch);
         n += lanes.images) {
      const float* image = windows.of(n);
      const float* gradient = gradients.of(n);
      for (const ChannelBlock& block : lanes.blocks) {
        const DirectImage job{runs.data(),
                              static_cast<std::int64_t>(runs.size()),
                              block.channels,
                              s.out_height,
                              s.out_width,
                              s.stride * window.columns * s.in_channels,
                              s.stride * s.in_channels,
                              s.out_width * lanes.width,
                              lanes.width};
        lanes.image_kernel(block)(job, image, gradient + block.first * lanes.images,
                                  sums + block.first * values);
      }
      if (dbias) sum_columns(gradient, s.out_height * s.out_width, bias_sums_size, bias_sums);
    }
  });

  for (const ChannelBlock& block : lanes.blocks) {
    parallel_for(block.channels, 8, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t k = begin; k < end; ++k) {
        const float* from = partial.data() + block.first * values + k;
        for (std::int64_t i = 0; i < values; ++i) {
          float sum = 0;
          for (std::int64_t j = 0; j < batches; ++j) sum += from[i * block.width + j * sums_size];
          dweight[(block.first + k) * values + i] = sum;
        }
      }
    });
  }
  for (std::int64_t k = 0; dbias && k < s.out_channels; ++k) {
    double sum = 0;
    for (std::int64_t j = 0; j < batches; ++j) {
      const double* from = bias_partial.data() + j * bias_sums_size + k * lanes.images;
      sum = std::accumulate(from, from + lanes.images, sum);
    }
    dbias[k] = static_cast<float>(sum);
  }
}

}  // namespace

bool fits(const ConvShape& s) {
  const bool is_product =
      s.kernel_height == 1 && s.kernel_width == 1 && s.stride == 1 && s.padding == 0;
  return !is_product;
}

bool pools(const ConvShape& s) {
  return s.groups == 1 && Lanes(s.out_channels).images > 1;
}

std::int64_t pool_pixels(const ConvShape& s, const PoolBehind& pool) {
  const std::int64_t lanes = Lanes(s.out_channels).images;
  return (s.batch + lanes - 1) / lanes * lanes * pool.geometry.out_size();
}

void forward(const ConvShape& s, const float* x, const float* weight, float* y,
             const Finish& finish) {
  for_each_group(s, [&](const Group& group) {
    correlate(output_of(group), x + group.x_first(), weight + group.weight_first(),
              output_order(group), y + group.y_first(),
              {finish.bias ? finish.bias + group.y_first() : nullptr, finish.relu});
  });
}

void forward_and_pool(const ConvShape& s, const PoolBehind& pool, const float* x,
                      const float* weight, float* y, const Finish& finish) {
  for_each_group(s, [&](const Group& group) {
    correlate(output_of(group), x, weight, output_order(group), y, finish, &pool);
  });
}

void backward_data(const ConvShape& s, const float* dy, const float* weight, float* dx) {
  for_each_group(s, [&](const Group& group) {
    correlate(gradient_of_input(group), dy + group.y_first(), weight + group.weight_first(),
              gradient_order(group), dx + group.x_first(), {});
  });
}

void backward_pool(const ConvShape& s, const PoolBehind& pool, const float* dy, float* dx) {
  const std::int64_t lanes = Lanes(s.out_channels).images;
  const std::int64_t size = s.out_height * s.out_width * s.out_channels;
  const LanePool lane_pool(pool, lanes);
  const ThreadScratch<float> together(size * lanes);
  parallel_for(s.batch, lanes, [&](std::int64_t first, std::int64_t last) {
    lane_pool.backward(first, last - first, dy, together.mine());
    separate_pixels(together.mine(), last - first, lanes, 1, size, size, dx + first * size);
  });
}

void backward_weight_and_bias(const ConvShape& s, const float* x, const float* dy, float* dweight,
                              float* dbias, const PoolBehind* pool) {
  for_each_group(s, [&](const Group& group) {
    accumulate(group, x + group.x_first(), dy + group.y_first(), dweight + group.weight_first(),
               dbias ? dbias + group.y_first() : nullptr, pool);
  });
}

void backward_weight(const ConvShape& s, const float* x, const float* dy, float* dweight) {
  backward_weight_and_bias(s, x, dy, dweight, nullptr);
}

}  // namespace keel::kernels::direct
