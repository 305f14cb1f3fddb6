#include "apps/compare/earlier_runs.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <keel/core/error.h>

#include "apps/results/results.h"
#include "apps/train/config_changes.h"
#include "apps/train/resolved_settings.h"
#include "apps/train/run_directory.h"

namespace keel {
namespace {

namespace fs = std::filesystem;

// The folders that hold a run, in the order of their names.
std::vector<fs::path> run_folders(const fs::path& runs) {
  std::vector<fs::path> folders;
  if (!fs::is_directory(runs)) return folders;
  for (const auto& entry : fs::directory_iterator(runs)) {
    if (RunDirectory::exists(entry.path())) folders.push_back(entry.path());
  }
  std::sort(folders.begin(), folders.end());
  return folders;
}

class Finder {
 public:
  Finder(const CompareCommand& command, fs::path runs)
      : varied_(varied_settings(command)), runs_(std::move(runs)) {}

  std::string id_of(const PlannedRun& planned) {
    std::vector<SettingChange> changes;
    try {
      changes = changes_at(planned.id, planned.config);
    } catch (const Error& error) {
      if (error.kind() != ErrorKind::kData) throw;
      return planned.id;  // its run fails alone, and says why
    }
    if (RunDirectory::exists(runs_ / planned.id) && changes.empty()) return planned.id;
    if (const auto elsewhere = found(planned.config)) return *elsewhere;
    if (changes.empty()) return planned.id;
    const bool told_by_axes =
        std::all_of(changes.begin(), changes.end(),
                    [this](const SettingChange& c) { return varied_.count(c.name) > 0; });
    std::string id = told_by_axes ? full_run_id(planned.config, varied_) : planned.id;
    const std::vector<SettingChange> others = changes_at(id, planned.config);
    check(others.empty(),
          "{} holds a run of an earlier comparison with other settings: {}. Choose another --out",
          (runs_ / id).string(), describe(others));
    return id;
  }

 private:
  // None where there is no run.
  std::vector<SettingChange> changes_at(const std::string& id, const TrainConfig& config) const {
    const fs::path path = runs_ / id;
    if (!RunDirectory::exists(path)) return {};
    return RunDirectory::open(path).changed_settings(config);
  }

  std::optional<std::string> found(const TrainConfig& config) {
    if (!earlier_) read_earlier();
    const TrainConfig wanted = resolved(config);
    for (const auto& [id, there] : *earlier_) {
      // Few have these in common; to compare all settings takes longer.
      if (there.seed != wanted.seed || there.lr != wanted.lr || there.norm != wanted.norm) continue;
      if (changes_at(id, config).empty()) return id;
    }
    return std::nullopt;
  }

  // What cannot be read is no run that could be gone on with, and is in nobody's way.
  void read_earlier() {
    earlier_.emplace();
    for (const fs::path& folder : run_folders(runs_)) {
      try {
        earlier_->emplace_back(folder.filename().string(),
                               resolved(RunDirectory::open(folder).config()));
      } catch (const Error&) {
        continue;
      }
    }
  }

  const std::set<std::string, std::less<>> varied_;
  const fs::path runs_;
  std::optional<std::vector<std::pair<std::string, TrainConfig>>> earlier_;  // resolved, by id
};

bool has_finished(const fs::path& folder) {
  try {
    return is_over(read_run(folder).status);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

std::vector<PlannedRun> in_folder(std::vector<PlannedRun> plan, const CompareCommand& command,
                                  const fs::path& out) {
  check_data(!RunDirectory::exists(out),
             "{} is the folder of a run of keel train, and a comparison needs one of its own: "
             "choose another --out",
             out.string());
  const fs::path results = out / "results.json";
  check_data(!fs::exists(results) || begins_as_results(results),
             "{} is not of a comparison and would be overwritten: move it, or choose another --out",
             results.string());
  Finder finder(command, out / "runs");
  for (PlannedRun& planned : plan) planned.id = finder.id_of(planned);
  return plan;
}

std::size_t finished_besides(const std::vector<PlannedRun>& plan, const fs::path& out) {
  std::set<std::string> planned;
  for (const PlannedRun& run : plan) planned.insert(run.id);
  const std::vector<fs::path> folders = run_folders(out / "runs");
  return static_cast<std::size_t>(
      std::count_if(folders.begin(), folders.end(), [&planned](const fs::path& folder) {
        return planned.count(folder.filename().string()) == 0 && has_finished(folder);
      }));
}

}  // namespace keel
