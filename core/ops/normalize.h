#pragma once
// Normalisation: one op for batch, layer, group and instance norm and for weight standardisation.

#include <keel/core/ops/epilogue.h>
#include <keel/core/tensor.h>

namespace keel {

/// Which elements share one mean and one variance: a "row" of statistics.
struct StatisticsRows {
  /// 0: a row per channel, over all samples and pixels (batch norm, Ioffe & Szegedy 2015).
  /// g > 0: a row per sample and group of C / g contiguous channels (group norm, Wu & He 2018):
  /// g = 1 is layer norm (Ba et al. 2016), g = C is instance norm (Ulyanov et al. 2016).
  std::int64_t groups = 0;
};

enum class EpsPlacement {
  kInsideRoot,   ///< 1 / sqrt(var + eps)
  kOutsideRoot,  ///< 1 / (sqrt(var) + eps)
};

struct Normalized {
  Tensor y;
  Tensor mean, var;    ///< per row, float64, no history; var is biased (divided by count)
  std::int64_t count;  ///< elements per row
};

/// y = gamma (x - mean) / sqrt(var + eps) + beta with the mean and biased variance of each row,
/// through which the gradient flows. Shape: x [N, ..., C]; gamma, beta [C] or undefined (1 and 0)
/// -> y like x, but for the epilogue's pool; mean, var [rows]. Throws Error where shapes do not
/// fit, C does not divide into the groups, or a row has one element (it has no variance).
Normalized normalize(const Tensor& x, const Tensor& gamma, const Tensor& beta, StatisticsRows rows,
                     double eps, EpsPlacement placement = EpsPlacement::kInsideRoot,
                     const Epilogue& epilogue = Epilogue::kNone);

/// `normalize` with given statistics per channel, which are constants: no gradient flows through
/// them. Shape: mean, var [C].
Tensor normalize_with(const Tensor& x, const Tensor& mean, const Tensor& var, const Tensor& gamma,
                      const Tensor& beta, double eps, const Epilogue& epilogue = Epilogue::kNone);

/// Whether both take the pool into their forward pass, which then does not write the larger images:
/// those whose rows are filled by windows side by side, without padding. False where the pool does
/// not fit, too.
bool normalize_takes_pool(const Tensor& x, const Pool2dOptions& pool);

}  // namespace keel
