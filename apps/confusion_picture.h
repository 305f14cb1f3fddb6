#pragma once
// A confusion matrix to look at.

#include <string>
#include <vector>

#include <keel/data/image.h>

#include "apps/evaluation/evaluate.h"

namespace keel {

/// True classes down, predicted ones across. The darker a cell, the larger its share of the images
/// of its true class; by the square root, so that a few mistakes show. Up to 12 classes have the
/// counts in the cells. Throws Error on more than 1000 classes.
Image confusion_picture(const Evaluation& evaluation, const std::vector<std::string>& classes,
                        const std::string& title);

}  // namespace keel
