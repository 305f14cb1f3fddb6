#include <keel/core/error.h>
#include <keel/data/checksum.h>

#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

TEST_CASE("sha256: the examples of FIPS 180 and a file of many blocks") {
  const keel::testing::TempFolder folder;
  const auto sum = [&](const std::string& text) {
    return keel::sha256_of_file(folder.write("file", text));
  };
  CHECK(sum("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sum("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(sum(std::string(1'000'000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK_THROWS_WITH(keel::sha256_of_file(folder.path() / "none"),
                    ContainsSubstring("none: cannot open it"));
}
