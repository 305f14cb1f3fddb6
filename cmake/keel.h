#pragma once
// All of Keel in one include.

#include <keel/core/core.h>
#include <keel/data/data.h>
#include <keel/layers/layers.h>
#include <keel/optim/optim.h>
#include <keel/version.h>
