#include <fmt/format.h>

#include <keel/core/error.h>
#include <keel/core/ops/elementwise.h>
#include <keel/layers/norm.h>
#include <keel/layers/weight_rule.h>

#include "tests/support/norm_specs.h"
#include "tests/support/test.h"

using namespace keel;
using namespace keel::testing;

namespace {

std::string complaint(const std::string& text) {
  try {
    NormSpec spec(text);
  } catch (const Error& error) {
    return error.what();
  }
  return "no error";
}

}  // namespace

TEST_CASE("norm spec: the first option needs no name, all others do") {
  const NormSpec spec("group:8:eps=1e-3+ws+sn:iterations=2");
  CHECK(spec.norm == NormTerm{"group", {{"groups", "8"}, {"eps", "0.001"}}});
  REQUIRE(spec.modifiers.size() == 2);
  CHECK(spec.modifiers[0] == NormTerm{"ws"});
  CHECK(spec.modifiers[1] == NormTerm{"sn", {{"iterations", "2"}}});
  CHECK(to_text(spec) == "group:8:eps=0.001+ws+sn:2");
  CHECK(NormSpec("group:eps=0.0010:groups=8") == NormSpec("group:8:eps=1e-3"));
  CHECK(to_text(NormSpec()) == "none");
}

TEST_CASE("norm spec: what is printed reads as the same") {
  for (const std::string& text : norm_specs()) {
    CAPTURE(text);
    CHECK(NormSpec(to_text(text)) == NormSpec(text));
    CHECK(to_text(to_text(text)) == to_text(text));
  }
  CHECK(file_name_of("batch:momentum=none+ws") == "batch-momentum-none+ws");
}

TEST_CASE("norm spec: an error says where, what was expected and what is near") {
  CHECK_THAT(
      complaint("bacth:eps=1"),
      ContainsSubstring("normalisation 'bacth:eps=1', letter 1: unknown normalisation 'bacth'; did "
                        "you mean 'batch'?"));
  CHECK_THAT(complaint("batch+sw"),
             ContainsSubstring("letter 7: unknown modifier 'sw'; did you mean"));
  CHECK_THAT(
      complaint("batch:ep=1"),
      ContainsSubstring("letter 7: batch has no option 'ep'; did you mean 'eps'? It has statistics "
                        "(tracked or frozen"));
  CHECK_THAT(complaint("group:groups=eight"),
             ContainsSubstring(
                 "letter 7: groups expects a whole number of at least 0 and at most 1000000, got "
                 "'eight'"));
  CHECK_THAT(complaint("group:1.5"), ContainsSubstring("groups expects a whole number"));
  CHECK_THAT(complaint("group:1e30"), ContainsSubstring("groups expects a whole number"));
  CHECK_THAT(
      complaint("batch:momentum=2"),
      ContainsSubstring("momentum expects a number of at least 0 and at most 1, or none, got '2'"));
  CHECK_THAT(complaint("batch:eps=0"), ContainsSubstring("eps expects a number above 0, got '0'"));
  CHECK_THAT(complaint("batch:eps=nan"), ContainsSubstring("got 'nan'"));
  CHECK_THAT(complaint("batch:frozen:untracked"),
             ContainsSubstring("letter 14: expected OPTION=VALUE, got 'untracked'"));
  CHECK_THAT(complaint("group:8:groups=4"), ContainsSubstring("letter 9: groups is there twice"));
  CHECK_THAT(complaint("none:1"),
             ContainsSubstring("expected OPTION=VALUE, got '1'; none has no options"));
  CHECK_THAT(complaint("batch+ws+ws"), ContainsSubstring("letter 10: ws is there twice"));
  CHECK_THAT(complaint(""), ContainsSubstring("unknown normalisation ''"));
  CHECK_THAT(complaint("group:2000000"), ContainsSubstring("and at most 1000000"));
  CHECK_THAT(complaint("batch:momentum"),
             ContainsSubstring("momentum expects a value: momentum=X, X a number of at least 0"));
  CHECK_THAT(complaint("batch:frozen=yes"),
             ContainsSubstring("no option 'frozen'; did you mean 'statistics=frozen'?"));
  for (const auto& [name, meant] : {std::pair{"bn", "batch"},
                                    {"LN", "layer"},
                                    {"gn:8", "group"},
                                    {"batchnorm", "batch"},
                                    {"Group_Norm", "group"},
                                    {"ws", "none+ws' or 'batch+ws"},
                                    {"frozen", "batch:statistics=frozen"},
                                    {"precise", "batch:statistics=precise"}}) {
    CHECK_THAT(complaint(name), ContainsSubstring(fmt::format("; did you mean '{}'?", meant)));
  }
  CHECK_THAT(complaint("batch+"), ContainsSubstring("letter 7: unknown modifier ''"));
  CHECK_THAT(complaint("batch:"), ContainsSubstring("statistics expects tracked or frozen"));
}

TEST_CASE("norm spec: a default is for what the text does not say, of what the norm has") {
  NormSpec group = "group:8", layer = "layer", none = "none";
  for (NormSpec* spec : {&group, &layer, &none}) {
    set_default(*spec, "groups", "4");
    set_default(*spec, "eps", "1e-3");
  }
  CHECK(to_text(group) == "group:8:eps=0.001");
  CHECK(to_text(layer) == "layer:eps=0.001");
  CHECK(to_text(none) == "none");
  CHECK_THROWS_WITH(set_default(group = "batch", "eps", "-1"), ContainsSubstring("eps expects"));
}

TEST_CASE("norm spec: with defaults, what is the same is spelt the same") {
  CHECK(with_defaults("batch") == with_defaults("batch:tracked:momentum=0.1"));
  CHECK(with_defaults("group+ws") == with_defaults("group:groups=0+ws:eps=1e-5"));
  CHECK_FALSE(with_defaults("batch") == with_defaults("batch:untracked"));
  CHECK(with_defaults(with_defaults("ghost:16")) == with_defaults("ghost:16"));
}

TEST_CASE("norm table: every entry says all that its page tells, and its defaults obey its rules") {
  const auto check_description = [](const std::string& name, const NormDescription& about) {
    CAPTURE(name);
    for (const std::string& text : {about.family, about.summary, about.equation, about.reduces_over,
                                    about.training, about.evaluation, about.use}) {
      CHECK_FALSE(text.empty());
    }
    CHECK((name == "none") == about.paper.empty());
    for (const NormOption& option : about.options) {
      CAPTURE(option.name);
      CHECK_FALSE(option.help.empty());
      CHECK((option.range || !option.words.empty()));
    }
  };
  for (const auto& [name, entry] : norm_table()) {
    check_description(name, entry.about);
    for (const NormOption& option : entry.about.options) {
      CAPTURE(name, option.name);
      NormSpec spec = name;
      set_default(spec, option.name, option.standard);
      CHECK(NormSpec(to_text(spec)) == spec);
      CHECK(spec.norm.options.at(option.name) == option.standard);
    }
  }
  for (const auto& [name, entry] : weight_rule_table()) check_description(name, entry.about);
}

TEST_CASE("norm table: a program adds its own, which every spec then knows") {
  norm_table()["halve"] = {
      .about = {.options = {{.name = "by",
                             .standard = "2",
                             .help = "",
                             .range = {{.low = 1, .high = 9}}}}},
      .make = [](const NormSite&, const NormArguments& arguments) -> ModulePtr {
        struct Halve : Module {
          double factor = 1;
          Tensor forward(const Tensor& x, const Mode&) override { return x * factor; }
          std::string describe() const override { return "Halve"; }
        };
        auto norm = std::make_unique<Halve>();
        norm->factor = 1 / arguments.number("by");
        return norm;
      }};
  CHECK(make_norm("halve", {3})->forward(Tensor::ones({1, 3}), {}).at({0, 0}) == 0.5);
  CHECK(make_norm("halve:4+ws", {3})->forward(Tensor::ones({1, 3}), {}).at({0, 0}) == 0.25);
  norm_table().erase("halve");
  CHECK_THAT(complaint("halve"), ContainsSubstring("unknown normalisation"));
}
