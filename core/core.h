#pragma once
// Everything of core in one include.

#include <keel/core/error.h>
#include <keel/core/parallel.h>
#include <keel/core/random.h>
#include <keel/core/shape.h>
