#pragma once
// What programs use of data, in one include.

#include <keel/data/augment.h>
#include <keel/data/binarize.h>
#include <keel/data/cifar.h>
#include <keel/data/contact_sheet.h>
#include <keel/data/dataset.h>
#include <keel/data/download.h>
#include <keel/data/idx.h>
#include <keel/data/image.h>
#include <keel/data/image_file.h>
#include <keel/data/image_folder.h>
#include <keel/data/loader.h>
#include <keel/data/png.h>
#include <keel/data/registry.h>
#include <keel/data/resize.h>
#include <keel/data/standardize.h>
#include <keel/data/synthetic.h>
