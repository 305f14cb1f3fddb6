#pragma once
// Every layer in one include.

#include <keel/layers/activation.h>
#include <keel/layers/batch_norm.h>
#include <keel/layers/conv2d.h>
#include <keel/layers/dense.h>
#include <keel/layers/dropout.h>
#include <keel/layers/flatten.h>
#include <keel/layers/folding.h>
#include <keel/layers/group_norm.h>
#include <keel/layers/identity.h>
#include <keel/layers/init.h>
#include <keel/layers/instance_norm.h>
#include <keel/layers/layer_norm.h>
#include <keel/layers/module.h>
#include <keel/layers/norm.h>
#include <keel/layers/norm_options.h>
#include <keel/layers/norm_spec.h>
#include <keel/layers/pool.h>
#include <keel/layers/residual.h>
#include <keel/layers/running_statistics.h>
#include <keel/layers/sequential.h>
#include <keel/layers/spectral_norm.h>
#include <keel/layers/state.h>
#include <keel/layers/weight_norm.h>
#include <keel/layers/weight_rule.h>
#include <keel/layers/weight_standardization.h>
