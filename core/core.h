#pragma once
// Everything of core in one include.

#include <keel/core/autograd.h>
#include <keel/core/blas.h>
#include <keel/core/dtype.h>
#include <keel/core/error.h>
#include <keel/core/isa.h>
#include <keel/core/ops/activation.h>
#include <keel/core/ops/conv.h>
#include <keel/core/ops/dropout.h>
#include <keel/core/ops/elementwise.h>
#include <keel/core/ops/epilogue.h>
#include <keel/core/ops/linear.h>
#include <keel/core/ops/loss.h>
#include <keel/core/ops/normalize.h>
#include <keel/core/ops/pool.h>
#include <keel/core/ops/reduce.h>
#include <keel/core/ops/shape_ops.h>
#include <keel/core/ops/subsample.h>
#include <keel/core/parallel.h>
#include <keel/core/profile.h>
#include <keel/core/random.h>
#include <keel/core/safetensors.h>
#include <keel/core/shape.h>
#include <keel/core/storage.h>
#include <keel/core/tensor.h>
