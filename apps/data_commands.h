#pragma once
// `keel data`: which data sets there are, what one looks like, and getting one.

#include <cstdint>
#include <string>

namespace keel {

/// A table of the known sets: what they hold and where they are.
struct DataListCommand {
  std::string data_dir{};  ///< empty: default_data_dir()
};

/// A contact sheet of a set, written as a PNG file.
struct DataShowCommand {
  std::string data;  ///< a known name or a folder of images
  std::string data_dir{};
  std::string out;
  std::int64_t count = 16;        ///< images per class
  std::uint64_t seed = 0;         ///< chooses the images; 0: the first ones
  std::string split = "train";    ///< train, test
  std::string augment = "none";   ///< none, standard
  std::string pad_mode = "zero";  ///< zero, reflect
  std::int64_t image_size = 0;    ///< of a folder of images; 0: as found
  bool skip_bad_images = false;   ///< of a folder of images
};

/// A download of a published set.
struct DataGetCommand {
  std::string data;
  std::string data_dir{};
  bool quiet = false;
};

/// Each returns the exit code and throws Error.
int run_data_list(const DataListCommand& command);
int run_data_show(const DataShowCommand& command);
int run_data_get(const DataGetCommand& command);

}  // namespace keel
