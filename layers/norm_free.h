#pragma once
// Ways to train without normalisation: what they put in its place, and how they draw the weights.

#include <keel/layers/norm.h>

namespace keel {

/// "fixup": Zhang, Dauphin & Ma, "Fixup Initialization: Residual Learning Without Normalization",
/// ICLR 2019. Learnt numbers for biases and scales, residual branches that start at 0 and are
/// small.
NormEntry fixup_entry();

/// "selu": Klambauer et al., "Self-Normalizing Neural Networks", NeurIPS 2017. SELU in the whole
/// model and LeCun's initial values, N(0, 1 / fan_in).
NormEntry selu_entry();

/// "skipinit": De & Smith, "Batch Normalization Biases Residual Blocks Towards the Identity
/// Function in Deep Networks", NeurIPS 2020. A learnt factor, 0 at first, at the end of each
/// residual branch.
NormEntry skip_init_entry();

}  // namespace keel
