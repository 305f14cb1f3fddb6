#include "apps/train/environment.h"

#include <regex>

#include <keel/core/blas.h>
#include <keel/core/isa.h>
#include <keel/core/parallel.h>
#include <keel/version.h>

#include "tests/support/test.h"

TEST_CASE("environment: what it says is what Keel uses") {
  const auto environment = keel::environment_json();
  CHECK(environment.at("keel") == KEEL_VERSION);
  CHECK(environment.at("isa") == keel::name_of(keel::isa()));
  CHECK(environment.at("blas_core") == keel::blas::core_name());
  CHECK(environment.at("threads") == keel::num_threads());
  CHECK(environment.at("logical_cpus").get<int>() >= 1);
  CHECK(environment.at("memory_bytes").get<std::int64_t>() > 0);
  for (const char* key : {"build_type", "compiler", "cpu", "os", "kernel", "machine"}) {
    INFO(key);
    CHECK(!environment.at(key).get<std::string>().empty());
  }
}

TEST_CASE("environment: the time is UTC in ISO 8601") {
  CHECK(std::regex_match(keel::utc_now(), std::regex(R"(20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ)")));
}

TEST_CASE("environment: the version says how Keel was built and what it uses") {
  const std::string text = keel::version_text();
  CHECK_THAT(text, ContainsSubstring("keel " KEEL_VERSION " ("));
  CHECK_THAT(text, ContainsSubstring("ISA " + std::string(keel::name_of(keel::isa()))));
  CHECK_THAT(text, ContainsSubstring("BLAS core " + keel::blas::core_name()));
  CHECK_THAT(text, ContainsSubstring(std::to_string(keel::num_threads()) + " thread"));
}
