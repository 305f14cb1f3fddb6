#pragma once
// Everything of optim in one include.

#include <keel/optim/adam.h>
#include <keel/optim/clip.h>
#include <keel/optim/optimizer.h>
#include <keel/optim/schedule.h>
#include <keel/optim/sgd.h>
