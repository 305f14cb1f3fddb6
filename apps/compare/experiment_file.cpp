#include "apps/compare/experiment_file.h"

#include <algorithm>
#include <map>
#include <utility>

#include <keel/core/error.h>

#include "apps/train/config_changes.h"
#include "apps/train/config_fields.h"
#include "apps/train/config_file.h"
#include "apps/train/config_text.h"
#include "apps/train/toml_table.h"

namespace keel {
namespace {

class ExperimentReader {
 public:
  ExperimentReader(CompareCommand& command, const std::string& path)
      : command_(command), file_(TomlTable::read(path)) {}

  void read() {
    visit_fields(command_.base, TomlSettings{file_});
    visit_comparison_fields(command_, [this](std::string_view name, auto& value, const auto& rule,
                                             std::string_view help) {
      read_comparison_field(name, [&] { TomlSettings{file_}(name, value, rule, help); });
    });
    const std::vector<TomlTable> variants = file_.tables("variant");
    const bool own_norms = !variants.empty() || file_.scalar("norm");
    if (own_norms) command_.axes.clear();  // the usual ones were not asked for
    for (const AxisFlag& flag : kAxisFlags) read_axis(file_, flag.name, flag.setting);
    if (const auto axes = file_.table("axes")) {
      for (const std::string& name : axes->names()) read_axis(*axes, name, name);
    }
    for (const TomlTable& table : variants) read_variant(table);
    file_.expect_only(known_names(), "keel compare --help");
  }

 private:
  static std::vector<std::string> known_names() {
    std::vector<std::string> names = setting_names();
    for (const AxisFlag& flag : kAxisFlags) names.emplace_back(flag.name);
    for (const std::string& name : comparison_setting_names()) names.push_back(name);
    names.insert(names.end(), {"axes", "variant"});
    return names;
  }

  void read_axis(const TomlTable& table, const std::string& name, const std::string& setting) {
    const auto list = table.list(name);
    if (!list) return;
    std::vector<std::string> values;
    for (const TomlScalar& value : *list) values.push_back(value.text);
    as_data_error(
        [&] { set_axis(command_.axes, make_axis(table.where(name) + name, setting, values)); });
    check_single(table.where(name) + name, name, setting);
  }

  // What a list takes the place of would be lost without a word.
  void check_single(const std::string& where, const std::string& name, const std::string& setting) {
    const auto [first, is_new] = lists_.emplace(setting, name);
    check_data(is_new, "{}: {} is a list of the same setting: give all of its values in one", where,
               first->second);
    const bool counts = setting == "batch-size" && command_.lr_rule != "constant";
    check_data(counts || !file_.scalar(setting),
               "{}{} and the list {} set the same: leave out the "
               "one or the other",
               file_.where(setting), setting, name);
  }

  void read_variant(const TomlTable& table) {
    const auto name = table.scalar("name");
    check_data(name.has_value(), "{}variant: expected a name in each [[variant]]",
               file_.where("variant"));
    const bool printable = std::none_of(name->text.begin(), name->text.end(),
                                        [](unsigned char c) { return c < ' ' || c == 0x7F; });
    check_data(printable && name->text.find_first_not_of(' ') != std::string::npos,
               "{}expected a name of one line that is not blank", table.where("name"));
    NamedVariant variant{name->text, {}};
    TrainConfig config = command_.base;
    for (const std::string& setting : table.names()) {
      if (setting == "name") continue;
      const std::string text = table.scalar(setting)->text;
      const auto list = lists_.find(setting);
      check_data(list == lists_.end(), "{}variant '{}' sets {}, and so does the list {}",
                 table.where(setting), variant.name, setting,
                 list == lists_.end() ? "" : list->second);
      const std::string where =
          fmt::format("{}variant '{}': {}", table.where(setting), variant.name, setting);
      as_data_error([&] {
        check_varies(where, setting);
        apply_setting(config, setting, text, where);
      });
      variant.settings.emplace_back(setting, text);
    }
    check_distinct(table, variant.name, config);
    command_.variants.push_back(std::move(variant));
    variant_configs_.push_back(std::move(config));
  }

  void check_distinct(const TomlTable& table, const std::string& name,
                      const TrainConfig& config) const {
    for (std::size_t i = 0; i < variant_configs_.size(); ++i) {
      const std::string& other = command_.variants[i].name;
      check_data(other != name, "{}there is a variant '{}' already", table.where("name"), name);
      check_data(!changed_settings(variant_configs_[i], config).empty(),
                 "{}variant '{}' has the same settings as '{}': give it some of its own",
                 table.where("name"), name, other);
    }
  }

  CompareCommand& command_;
  const TomlTable file_;
  std::map<std::string, std::string> lists_;  // the name of each, by setting
  std::vector<TrainConfig> variant_configs_;  // of each variant at hand
};

}  // namespace

void apply_experiment_file(CompareCommand& command, const std::string& path) {
  ExperimentReader(command, path).read();
}

}  // namespace keel
