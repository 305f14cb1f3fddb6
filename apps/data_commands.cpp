#include "apps/data_commands.h"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <numeric>
#include <span>
#include <vector>

#include <fmt/format.h>

#include <keel/core/random.h>
#include <keel/data/augment.h>
#include <keel/data/contact_sheet.h>
#include <keel/data/download.h>
#include <keel/data/registry.h>

#include "apps/exit_code.h"
#include "apps/text/number_text.h"
#include "apps/text/terminal.h"
#include "apps/train/load_data.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

fs::path folder_of(const std::string& data_dir) {
  return data_dir.empty() ? default_data_dir() : fs::path(data_dir);
}

std::string place_of(const KnownSet& set, const fs::path& dir) {
  if (set.files.empty()) return "built in";
  if (const auto place = find_dataset(set, dir)) return place->string();
  return fmt::format("not here; keel data get {} ({})", set.name,
                     bytes_text(static_cast<std::int64_t>(set.download_bytes())));
}

// The samples in another order, each one as likely anywhere.
Dataset shuffled(const Dataset& set, Rng rng) {
  std::vector<std::int64_t> order(set.labels.size());
  std::iota(order.begin(), order.end(), std::int64_t{0});
  shuffle(std::span(order), rng);

  Dataset result = set;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const auto image = set.image(order[i]);
    std::copy(image.begin(), image.end(),
              result.images.begin() + static_cast<std::ptrdiff_t>(i * image.size()));
    result.labels[i] = set.labels[static_cast<std::size_t>(order[i])];
  }
  return result;
}

Dataset augmented(const Dataset& set, PadMode pad_mode, Rng rng) {
  AugmentOptions options = standard_augmentation(set);
  options.pad_mode = pad_mode;
  Dataset result = set;
  const std::span<std::uint8_t> out(result.images);
  const auto bytes = static_cast<std::size_t>(set.image_bytes());
  for (std::size_t i = 0; i < set.labels.size(); ++i) {
    augment(set.image(static_cast<std::int64_t>(i)), set.height, set.width, set.channels, options,
            rng.fork(i), out.subspan(i * bytes, bytes));
  }
  return result;
}

}  // namespace

int run_data_list(const DataListCommand& command) {
  const fs::path dir = folder_of(command.data_dir);
  std::string table = fmt::format("{:<14} {:<9} {:>7} {:>9} {:>8}  {}\n", "name", "images",
                                  "classes", "training", "test", "what and where");
  for (const KnownSet& set : known_sets()) {
    table += fmt::format(
        "{:<14} {:<9} {:>7} {:>9} {:>8}  {}\n{:53}{}\n", set.name,
        fmt::format("{}x{}x{}", set.image_size.height, set.image_size.width, set.channels),
        set.classes, count_text(static_cast<double>(set.train_count)),
        count_text(static_cast<double>(set.test_count)), set.description, "", place_of(set, dir));
  }
  std::cout << table << fmt::format("\nSets are looked for in {}.\n", dir.string());
  return kExitDone;
}

int run_data_show(const DataShowCommand& command) {
  DataOptions options{.name = command.data,
                      .data_dir = command.data_dir,
                      .image_folder = {.skip_bad_images = command.skip_bad_images}};
  if (command.image_size > 0) {
    options.image_folder.image_size = ImageSize{command.image_size, command.image_size};
  }
  std::vector<std::string> skipped;
  const DatasetSplits splits = load_dataset(options, &skipped);
  for (const std::string& reason : skipped) std::cerr << "skipped: " << reason << '\n';
  Dataset set = command.split == "train" ? splits.train : splits.test;
  const Rng rng(command.seed);
  if (command.seed != 0) set = shuffled(set, rng.fork(0));
  if (command.augment == "standard") set = augmented(set, pad_mode(command.pad_mode), rng.fork(1));
  write_contact_sheet(command.out, set, {.samples = command.count});
  std::cout << fmt::format("{}\nwrote {}\n", describe(splits), command.out);
  return kExitDone;
}

int run_data_get(const DataGetCommand& command) {
  const KnownSet& set = known_set(command.data);
  StatusLine line(std::cerr, stderr_terminal(), command.quiet);
  const auto show = [&line](const std::string& file, std::uint64_t done, std::uint64_t total) {
    if (!line.due()) return;
    line.show(fmt::format("{}: {} of {} ({:.0f} %)", file,
                          bytes_text(static_cast<std::int64_t>(done)),
                          bytes_text(static_cast<std::int64_t>(total)),
                          100.0 * static_cast<double>(done) / static_cast<double>(total)));
  };
  const fs::path place = download_dataset(set, folder_of(command.data_dir), show);
  std::cout << fmt::format("{} is in {}\n", set.name, place.string());
  return kExitDone;
}

}  // namespace keel
