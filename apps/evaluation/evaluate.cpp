#include "apps/evaluation/evaluate.h"

#include <algorithm>
#include <cmath>

#include <keel/core/autograd.h>
#include <keel/core/error.h>
#include <keel/core/ops/loss.h>
#include <keel/data/loader.h>

#include "apps/evaluation/divergence.h"

namespace keel {
namespace {

// Some normalisations evaluate with the statistics of the batch, which one image alone has none of.
std::int64_t without_single_last(std::int64_t batch_size, std::int64_t images) {
  while (batch_size > 2 && images % batch_size == 1) --batch_size;
  return batch_size;
}

}  // namespace

Evaluation evaluate(Module& model, const Dataset& set, const Standardization& standardization,
                    std::int64_t batch_size) {
  check_data(set.size() > 0, "{}: there are no images to evaluate", set.name);
  const NoGradGuard no_grad;
  Loader loader(set, standardization,
                {.batch_size = without_single_last(batch_size, set.size()), .shuffle = false});
  Evaluation result;
  result.classes = static_cast<std::int64_t>(set.classes.size());
  result.confusion.resize(static_cast<std::size_t>(result.classes * result.classes));
  double loss_sum = 0;
  Batch batch;
  loader.start_epoch(0);
  while (loader.next(batch)) {
    const Tensor logits = model.forward(batch.images, Mode{.training = false});
    const auto count = static_cast<std::int64_t>(batch.labels.size());
    const double loss = cross_entropy(logits, batch.labels).item();
    if (!std::isfinite(loss)) {
      report_divergence(fmt::format("evaluating on {}", set.name), model, batch.images, {});
    }
    loss_sum += loss * static_cast<double>(count);
    result.correct += count_correct(logits, batch.labels);
    for (std::int64_t i = 0; i < count; ++i) {
      const float* row = logits.data<float>() + i * result.classes;
      const std::int64_t predicted = std::max_element(row, row + result.classes) - row;
      const std::int64_t truth = batch.labels[static_cast<std::size_t>(i)];
      ++result.confusion[static_cast<std::size_t>(truth * result.classes + predicted)];
    }
    result.count += count;
  }
  result.loss = loss_sum / static_cast<double>(result.count);
  return result;
}

}  // namespace keel
