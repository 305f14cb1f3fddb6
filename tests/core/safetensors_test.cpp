#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <string>
#include <vector>

#include <keel/core/file.h>
#include <keel/core/random.h>
#include <keel/core/safetensors.h>

#include "tests/support/gradient_check.h"
#include "tests/support/temp_folder.h"
#include "tests/support/test.h"

using keel::DType;
using keel::Tensor;
using keel::TensorFile;
using keel::testing::bit_equal;
using keel::testing::TempFolder;
using namespace std::string_literals;

namespace {

// A float32 tensor of [2, 1], a counter and metadata, byte by byte.
const std::string kKnownHeader = R"({"__metadata__":{"by":"keel"},)"
                                 R"("n":{"data_offsets":[0,8],"dtype":"I64","shape":[]},)"
                                 R"("w":{"data_offsets":[8,16],"dtype":"F32","shape":[2,1]}})"
                                 "      ";
const std::string kKnownFile = "\x90\0\0\0\0\0\0\0"s + kKnownHeader +
                               "\x03\x01\0\0\0\0\0\0"s  // 259
                               "\0\0\x80\x3f"
                               "\0\0\x20\xc0"s;  // 1, -2.5

TensorFile known_content() {
  return {.tensors = {{"w", Tensor::from({2, 1}, {1, -2.5})},
                      {"n", Tensor::scalar(259, DType::kFloat64)}},
          .integers = {"n"},
          .metadata = {{"by", "keel"}}};
}

std::string with_length(const std::string& header) {
  std::string length(8, '\0');
  const std::uint64_t size = header.size();
  std::memcpy(length.data(), &size, 8);
  return length + header;
}

TensorFile read(const std::string& bytes) {
  static const TempFolder folder;
  std::filesystem::remove(folder.path() / "file.safetensors");  // cheaper than overwriting it
  std::ofstream(folder.path() / "file.safetensors", std::ios::binary) << bytes;
  return keel::read_safetensors(folder.path() / "file.safetensors");
}

// What reading says; every refusal is a data error that names the file.
std::string refusal(const std::string& bytes) {
  try {
    read(bytes);
  } catch (const keel::Error& error) {
    CHECK(error.kind() == keel::ErrorKind::kData);
    CHECK_THAT(error.what(), ContainsSubstring("file.safetensors: "));
    return error.what();
  }
  return "no refusal";
}

std::string refusal_of_header(const std::string& header, const std::string& data = "") {
  return refusal(with_length(header) + data);
}

// One to three random edits: a byte set, bytes removed, a byte repeated.
std::string mutated(std::string bytes, keel::Rng& rng) {
  const std::string tokens = "{}[]\",:-+.eE0123456789 \\u\0\x80\xff"s;
  for (std::uint64_t edits = 1 + rng.below(3); edits > 0; --edits) {
    const std::size_t at = rng.below(bytes.size());
    const char token = tokens[rng.below(tokens.size())];
    switch (rng.below(4)) {
      case 0:
        bytes[at] = static_cast<char>(rng.below(256));
        break;
      case 1:
        bytes[at] = token;
        break;
      case 2:
        bytes.erase(at, 1 + rng.below(8));
        break;
      default:
        bytes.insert(at, 1 + rng.below(8), token);
    }
  }
  return bytes;
}

// The one tensor of a file with these elements.
Tensor read_one(const std::string& dtype, const std::string& shape, const std::string& data) {
  const std::string header = fmt::format(
      R"({{"x":{{"dtype":"{}","shape":{},"data_offsets":[0,{}]}}}})", dtype, shape, data.size());
  const TensorFile file = read(with_length(header) + data);
  const bool integer = dtype[0] == 'I' || dtype[0] == 'U' || dtype == "BOOL";
  CHECK(file.integers.contains("x") == integer);
  return file.tensors.at("x");
}

void check_elements(const Tensor& x, DType dtype, const std::vector<double>& expected) {
  CHECK(x.dtype() == dtype);
  REQUIRE(x.numel() == static_cast<std::int64_t>(expected.size()));
  const Tensor wide = x.to(DType::kFloat64);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    INFO("element " << i);
    CHECK(wide.values<double>()[i] == expected[i]);
  }
}

}  // namespace

TEST_CASE("a safetensors file is written byte for byte as specified") {
  const TempFolder folder;
  keel::write_safetensors(folder.path() / "file", known_content());
  CHECK(keel::read_file(folder.path() / "file") == kKnownFile);
  keel::write_safetensors(folder.path() / "file", {});
  CHECK(keel::read_file(folder.path() / "file") == with_length("{}      "));
}

TEST_CASE("a safetensors file made by hand is read") {
  const TensorFile file = read(kKnownFile);
  CHECK(file.tensors.size() == 2);
  CHECK(bit_equal(file.tensors.at("w"), known_content().tensors.at("w")));
  CHECK(bit_equal(file.tensors.at("n"), known_content().tensors.at("n")));
  CHECK(file.integers == std::set<std::string>{"n"});
  CHECK(file.metadata == known_content().metadata);
  CHECK(read(with_length("{}")).tensors.empty());
}

TEST_CASE("tensors come back from a safetensors file with their bits") {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  TensorFile file;
  file.tensors = {
      {"layers.0.weight", keel::testing::random_tensor({5, 3, 3, 2}, 1, DType::kFloat32)},
      {"layers.0.bias", keel::testing::random_tensor({5}, 2, DType::kFloat64)},
      {"special", Tensor::from({5}, {nan, infinity, -infinity, -0.0, 1e-45})},
      {"empty", Tensor::empty({3, 0})},
      {"scalar", Tensor::scalar(4)},
      {"counters", Tensor::from({3}, {0, -7, 9007199254740991}, DType::kFloat64)},
      {"\"quoted\" \\ \n \u00e4", Tensor::ones({1})},
  };
  file.integers = {"counters"};
  file.metadata = {{"format", "pt"}, {"", "empty key"}};

  const TempFolder folder;
  keel::write_safetensors(folder.path() / "file", file);
  const TensorFile back = keel::read_safetensors(folder.path() / "file");
  REQUIRE(back.tensors.size() == file.tensors.size());
  for (const auto& [name, tensor] : file.tensors) {
    INFO(name);
    CHECK(bit_equal(back.tensors.at(name), tensor));
  }
  CHECK(back.integers == file.integers);
  CHECK(back.metadata == file.metadata);

  keel::write_safetensors(folder.path() / "again", back);
  CHECK(keel::read_file(folder.path() / "again") == keel::read_file(folder.path() / "file"));
}

TEST_CASE("every element type of safetensors is converted exactly") {
  const auto f32 = DType::kFloat32, f64 = DType::kFloat64;
  check_elements(read_one("F64", "[1]", "\0\0\0\0\0\0\xf8\x3f"s), f64, {1.5});
  check_elements(read_one("F32", "[1]", "\0\0\x20\xc0"s), f32, {-2.5});
  // one, largest, smallest normal, largest and smallest subnormal, -0.5, infinity
  check_elements(read_one("F16", "[7]", "\0\x3c\xff\x7b\0\x04\xff\x03\x01\0\0\xb8\0\x7c"s), f32,
                 {1, 65504, std::ldexp(1.0, -14), std::ldexp(1023.0, -24), std::ldexp(1.0, -24),
                  -0.5, std::numeric_limits<double>::infinity()});
  const Tensor odd = read_one("F16", "[2]", "\x01\x7c\0\x80"s);
  CHECK(std::isnan(odd.at({0})));
  CHECK(std::signbit(odd.at({1})));
  check_elements(read_one("BF16", "[3]", "\x80\x3f\x20\xc0\x80\xff"s), f32,
                 {1, -2.5, -std::numeric_limits<double>::infinity()});
  check_elements(read_one("I64", "[2]", "\xfe\xff\xff\xff\xff\xff\xff\xff\0\0\0\0\1\0\0\0"s), f64,
                 {-2, 4294967296});
  check_elements(read_one("I32", "[2]", "\xfe\xff\xff\xff\0\0\1\0"s), f64, {-2, 65536});
  check_elements(read_one("I16", "[2]", "\xfe\xff\0\1"s), f64, {-2, 256});
  check_elements(read_one("I8", "[2,1]", "\xfe\x7f"s), f64, {-2, 127});
  check_elements(read_one("U8", "[2]", "\xfe\x7f"s), f64, {254, 127});
  check_elements(read_one("BOOL", "[2]", "\0\1"s), f64, {0, 1});
}

TEST_CASE("a safetensors file with a broken frame is refused") {
  CHECK_THAT(refusal(""), ContainsSubstring("found a file of 0 bytes"));
  CHECK_THAT(refusal("1234567"), ContainsSubstring("expected the 8 bytes"));
  CHECK_THAT(
      refusal("\x03\0\0\0\0\0\0\0{}"s),
      ContainsSubstring("offset 0: expected a header of at most 2 bytes, found the length 3"));
  CHECK_THAT(refusal("\xff\xff\xff\xff\xff\xff\xff\xff{}"s),
             ContainsSubstring("found the length 18446744073709551615"));
  CHECK_THAT(refusal_of_header(std::string(100'000'001, ' ')),
             ContainsSubstring("at most 100000000 bytes, found the length 100000001"));
  CHECK_THAT(refusal_of_header(""), ContainsSubstring("offset 8: expected the header's '{'"));
  CHECK_THAT(refusal_of_header(" {}"), ContainsSubstring("expected the header's '{', found ' '"));
  CHECK_THAT(refusal_of_header("{]"), ContainsSubstring("offset 9: the header is not JSON"));
  CHECK_THAT(refusal_of_header("{} {}"), ContainsSubstring("not JSON"));
  CHECK_THAT(refusal_of_header("{\"\xff\":{}}"), ContainsSubstring("not JSON"));
  CHECK_THAT(refusal_of_header("{}\0"s),
             ContainsSubstring("offset 10: expected JSON, found a zero"));
  CHECK_THAT(refusal(kKnownFile.substr(0, kKnownFile.size() - 1)),
             ContainsSubstring("tensor 'w': data_offsets [8, 16]: expected the end within the 15 "
                               "bytes of data"));
  CHECK_THAT(refusal(kKnownFile + "x"), ContainsSubstring("expected 16 bytes of data, found 17"));
  CHECK_THROWS_WITH(keel::read_safetensors("/nowhere/file"), ContainsSubstring("no such file"));
}

TEST_CASE("a safetensors header that breaks its grammar is refused") {
  const auto entry = [](const std::string& fields) {
    return refusal_of_header("{\"x\":{" + fields + "}}", std::string(8, '\0'));
  };
  const std::string type = R"("dtype":"F32")", shape = R"("shape":[2])";
  const std::string offsets = R"("data_offsets":[0,8])";
  CHECK(entry(type + "," + shape + "," + offsets) == "no refusal");

  CHECK_THAT(entry(type + "," + shape),
             ContainsSubstring("tensor 'x': expected dtype, shape and data_offsets, found only"));
  CHECK_THAT(entry(type + "," + type), ContainsSubstring("each key once, found 'dtype' twice"));
  CHECK_THAT(entry(R"("size":8)"), ContainsSubstring("found 'size'"));
  CHECK_THAT(entry(R"("dtype":"F8")"),
             ContainsSubstring("expected a dtype of F64, F32, F16, BF16, "
                               "I64, I32, I16, I8, U8, BOOL, found 'F8'"));
  CHECK_THAT(entry(R"("dtype":7)"), ContainsSubstring("expected a string in 'dtype', found 7"));
  CHECK_THAT(entry(R"("dtype":["F32"])"), ContainsSubstring("found an array"));
  CHECK_THAT(entry(R"("shape":2)"), ContainsSubstring("expected an array in 'shape', found 2"));
  CHECK_THAT(entry(R"("shape":"2")"), ContainsSubstring("found the string '2'"));
  CHECK_THAT(entry(R"("shape":{})"), ContainsSubstring("found an object"));
  CHECK_THAT(entry(R"("shape":[[2]])"), ContainsSubstring("found an array"));
  CHECK_THAT(entry(R"("shape":[-2])"),
             ContainsSubstring("expected whole numbers below 2^63 in 'shape', found -2"));
  CHECK_THAT(entry(R"("shape":[2.5])"), ContainsSubstring("found '2.5'"));
  CHECK_THAT(entry(R"("shape":[9223372036854775808])"),
             ContainsSubstring("found 9223372036854775808"));
  CHECK_THAT(entry(R"("shape":[99999999999999999999])"), ContainsSubstring("found '999999"));
  CHECK_THAT(entry(R"("shape":[true])"), ContainsSubstring("found true"));
  CHECK_THAT(entry(R"("shape":[4294967296,4294967296])"), ContainsSubstring("more than 2^48"));
  CHECK_THAT(entry(R"("shape":[1,1,1,1,1,1,1])"), ContainsSubstring("at most 6 numbers in shape"));
  CHECK_THAT(entry(R"("data_offsets":[0])"),
             ContainsSubstring("expected data_offsets of [begin, end], found [0]"));
  CHECK_THAT(entry(R"("data_offsets":[8,0])"), ContainsSubstring("found [8, 0]"));
  CHECK_THAT(entry(type + R"(,"shape":[3],)" + offsets),
             ContainsSubstring("data_offsets [0, 8]: expected 12 bytes for F32 [3], found 8"));

  CHECK_THAT(refusal_of_header(R"({"x":null})"), ContainsSubstring("an object in 'x', found null"));
  CHECK_THAT(refusal_of_header(R"({"x":[]})"), ContainsSubstring("found an array"));
  CHECK_THAT(refusal_of_header(R"({"__metadata__":{"a":1}})"),
             ContainsSubstring("header: expected a string in 'a', found 1"));
  CHECK_THAT(refusal_of_header(R"({"__metadata__":{"a":{}}})"),
             ContainsSubstring("found an object"));
  CHECK_THAT(refusal_of_header(R"({"__metadata__":{"a":"","a":""}})"),
             ContainsSubstring("'a' twice"));
  CHECK_THAT(refusal_of_header(R"({"__metadata__":{},"__metadata__":{}})"),
             ContainsSubstring("'__metadata__' twice"));
  CHECK_THAT(refusal_of_header("{\"" + std::string(1000, 'n') + "\":1}"),
             ContainsSubstring("in '" + std::string(80, 'n') + "...', found 1"));
}

TEST_CASE("safetensors data that overlap, leave holes or hold impossible values are refused") {
  const auto two = [](int begin, int end) {
    return refusal_of_header(
        fmt::format(R"({{"a":{{"dtype":"U8","shape":[4],"data_offsets":[0,4]}},)"
                    R"("b":{{"dtype":"U8","shape":[4],"data_offsets":[{},{}]}}}})",
                    begin, end),
        std::string(8, '\1'));
  };
  CHECK(two(4, 8) == "no refusal");
  CHECK_THAT(two(2, 6),
             ContainsSubstring("tensor 'b': data_offsets [2, 6] overlap: expected them to "
                               "begin at 4"));
  CHECK_THAT(two(0, 4), ContainsSubstring("overlap"));
  CHECK_THAT(two(5, 9), ContainsSubstring("tensor 'b': data_offsets [5, 9] leave a hole"));
  CHECK_THAT(refusal_of_header(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
                               R"("a":{"dtype":"U8","shape":[4],"data_offsets":[4,8]}})",
                               std::string(8, '\1')),
             ContainsSubstring("each key once, found 'a' twice"));
  CHECK_THAT(refusal_of_header(R"({"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}})", "\2"),
             ContainsSubstring("tensor 'a': expected BOOL bytes of 0 or 1, found 2"));
  CHECK_THAT(refusal_of_header(R"({"a":{"dtype":"I64","shape":[1],"data_offsets":[0,8]}})",
                               "\0\0\0\0\0\0\x20\0"s),
             ContainsSubstring("below 2^53, found 9007199254740992"));
  // Claims of many bytes are refused before memory is taken for them.
  CHECK_THAT(refusal_of_header(R"({"a":{"dtype":"U8","shape":[281474976710656],)"
                               R"("data_offsets":[0,281474976710656]}})"),
             ContainsSubstring("within the 0 bytes of data"));
}

TEST_CASE("whatever a safetensors file contains, reading succeeds or is refused") {
  const std::size_t size = kKnownFile.size();
  for (std::size_t kept = 0; kept < size; ++kept) {
    INFO("cut to " << kept << " bytes");
    CHECK(refusal(kKnownFile.substr(0, kept)) != "no refusal");
  }
  keel::Rng rng(1);
  const std::string data = kKnownFile.substr(8 + kKnownHeader.size());
  constexpr int kFiles = 3000;
  int refused = 0;
  for (int i = 0; i < kFiles; ++i) {
    // Half of the headers have a length that fits, so that what lies behind it is reached.
    const std::string bytes = rng.bernoulli(0.5) ? mutated(kKnownFile, rng)
                                                 : with_length(mutated(kKnownHeader, rng)) + data;
    refused += refusal(bytes) != "no refusal";
  }
  CHECK(refused > kFiles / 2);
  CHECK(refused < kFiles);  // some edits only change elements, names or blanks
}

TEST_CASE("content that cannot be written as safetensors is refused") {
  const TempFolder folder;
  const auto write = [&](const TensorFile& file) {
    keel::write_safetensors(folder.path() / "file", file);
  };
  CHECK_THROWS_WITH(write({.tensors = {{"x", Tensor()}}}),
                    ContainsSubstring("safetensors: tensor 'x': tensor: not defined"));
  CHECK_THROWS_WITH(write({.tensors = {{"__metadata__", Tensor::ones({1})}}}),
                    ContainsSubstring("tensor '__metadata__': the name is reserved"));
  CHECK_THROWS_WITH(write({.tensors = {{"\xff", Tensor::ones({1})}}}),
                    ContainsSubstring("not valid UTF-8"));
  CHECK_THROWS_WITH(write({.metadata = {{"a", "\xff"}}}), ContainsSubstring("not valid UTF-8"));
  CHECK_THROWS_WITH(write({.integers = {"x"}}), ContainsSubstring("'x' is listed as integers"));
  const auto integer = [&](const Tensor& x) { write({.tensors = {{"x", x}}, .integers = {"x"}}); };
  CHECK_THROWS_WITH(integer(Tensor::ones({1})), ContainsSubstring("elements are float32"));
  for (const double value : {0.5, std::nan(""), 9007199254740992.0, -HUGE_VAL}) {
    CHECK_THROWS_WITH(integer(Tensor::scalar(value, DType::kFloat64)),
                      ContainsSubstring("tensor 'x': expected whole numbers below 2^53, got"));
  }
  CHECK_FALSE(std::filesystem::exists(folder.path() / "file"));
  CHECK_THROWS_WITH(keel::write_safetensors(folder.path() / "no" / "file", {}),
                    ContainsSubstring("no/file: cannot create"));
}
