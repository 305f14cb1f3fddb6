#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstring>
#include <deque>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include <keel/core/error.h>
#include <keel/core/file.h>
#include <keel/core/safetensors.h>

namespace keel {
namespace {

using nlohmann::json;

static_assert(std::endian::native == std::endian::little, "the format is little-endian");

constexpr std::uint64_t kLengthBytes = 8;
constexpr std::uint64_t kMaxHeaderBytes = 100'000'000;  // the reference implementation's
constexpr double kMaxWhole = 9007199254740992;          // 2^53: below it float64 is exact
constexpr std::string_view kMetadataName = "__metadata__";

// The start of a text from a file, short enough for a message.
std::string excerpt(std::string_view text) {
  constexpr std::size_t kShown = 80;
  return fmt::format("'{}{}'", text.substr(0, kShown), text.size() > kShown ? "..." : "");
}

template <class T>
T unchanged(T value) {
  return value;
}

float from_half(std::uint16_t bits) {
  const int exponent = (bits >> 10) & 31;
  const float fraction = static_cast<float>(bits & 1023);
  float magnitude = 0;
  if (exponent == 0) {
    magnitude = std::ldexp(fraction, -24);
  } else if (exponent < 31) {
    magnitude = std::ldexp(1024 + fraction, exponent - 25);
  } else {
    magnitude = fraction == 0 ? std::numeric_limits<float>::infinity()
                              : std::numeric_limits<float>::quiet_NaN();
  }
  return (bits >> 15) != 0 ? -magnitude : magnitude;
}

float from_bfloat(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

template <class Integer>
double from_integer(Integer value) {
  const double whole = static_cast<double>(value);
  check_data(std::abs(whole) < kMaxWhole, "expected whole numbers below 2^53, found {}", value);
  return whole;
}

double from_bool(std::uint8_t value) {
  check_data(value <= 1, "expected BOOL bytes of 0 or 1, found {}", value);
  return value;
}

template <class Stored, class Held, Held (*convert)(Stored)>
Tensor decode(const Shape& shape, std::string_view bytes) {
  Tensor tensor = Tensor::empty(shape, dtype_of<Held>);
  Held* to = tensor.mutable_data<Held>();
  for (std::size_t i = 0; i < bytes.size() / sizeof(Stored); ++i) {
    Stored value;
    std::memcpy(&value, bytes.data() + i * sizeof(Stored), sizeof(Stored));
    to[i] = convert(value);
  }
  return tensor;
}

template <class Integer>
constexpr auto decode_integer = decode<Integer, double, from_integer<Integer>>;

struct StoredType {
  std::string_view name;
  std::uint64_t bytes;
  bool integer;
  Tensor (*decode)(const Shape& shape, std::string_view bytes);
};

constexpr std::array<StoredType, 10> kStoredTypes{{
    {"F64", 8, false, decode<double, double, unchanged<double>>},
    {"F32", 4, false, decode<float, float, unchanged<float>>},
    {"F16", 2, false, decode<std::uint16_t, float, from_half>},
    {"BF16", 2, false, decode<std::uint16_t, float, from_bfloat>},
    {"I64", 8, true, decode_integer<std::int64_t>},
    {"I32", 4, true, decode_integer<std::int32_t>},
    {"I16", 2, true, decode_integer<std::int16_t>},
    {"I8", 1, true, decode_integer<std::int8_t>},
    {"U8", 1, true, decode_integer<std::uint8_t>},
    {"BOOL", 1, true, decode<std::uint8_t, double, from_bool>},
}};

const StoredType& stored_type(std::string_view name) {
  const auto type = std::find_if(kStoredTypes.begin(), kStoredTypes.end(),
                                 [&](const StoredType& known) { return known.name == name; });
  if (type == kStoredTypes.end()) {
    std::vector<std::string_view> names;
    for (const StoredType& known : kStoredTypes) names.push_back(known.name);
    check_data(false, "expected a dtype of {}, found {}", fmt::join(names, ", "), excerpt(name));
  }
  return *type;
}

// What the header says of one tensor.
struct Entry {
  std::string name;
  const StoredType* type = nullptr;
  Shape shape{};
  std::uint64_t begin = 0, end = 0;  // in the data
};

// Reads {"name": {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]},
//        "__metadata__": {"key": "value"}}
// event by event, so that a hostile header is refused before it takes memory.
class HeaderParser : public json::json_sax_t {
 public:
  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;

  // Where in the header parsing is, for messages.
  std::string where() const {
    return place_ == Place::kTensor || place_ == Place::kNumbers ? "tensor " + excerpt(entry_.name)
                                                                 : "header";
  }

  bool start_object(std::size_t) override {
    if (place_ == Place::kFile) {
      place_ = Place::kHeader;
    } else if (place_ == Place::kHeader && key_ == kMetadataName) {
      place_ = Place::kMetadata;
    } else if (place_ == Place::kHeader) {
      place_ = Place::kTensor;
      entry_ = {.name = key_};
      fields_.clear();
    } else {
      refuse("an object");
    }
    return true;
  }

  bool key(std::string& key) override {
    const bool fresh = place_ == Place::kHeader     ? names_.insert(key).second
                       : place_ == Place::kMetadata ? metadata.try_emplace(key).second
                                                    : fields_.insert(key).second;
    check_data(fresh, "expected each key once, found {} twice", excerpt(key));
    check_data(
        place_ != Place::kTensor || key == "dtype" || key == "shape" || key == "data_offsets",
        "expected the keys dtype, shape and data_offsets, found {}", excerpt(key));
    key_ = key;
    return true;
  }

  bool end_object() override {
    if (place_ == Place::kTensor) finish_entry();
    place_ = place_ == Place::kHeader ? Place::kFile : Place::kHeader;
    return true;
  }

  bool start_array(std::size_t) override {
    if (place_ != Place::kTensor || key_ == "dtype") refuse("an array");
    place_ = Place::kNumbers;
    numbers_.clear();
    return true;
  }

  bool end_array() override {
    place_ = Place::kTensor;
    if (key_ == "shape") {
      entry_.shape = Shape(numbers_);
    } else {
      check_data(numbers_.size() == 2 && numbers_[0] <= numbers_[1],
                 "expected data_offsets of [begin, end], found [{}]", fmt::join(numbers_, ", "));
      entry_.begin = static_cast<std::uint64_t>(numbers_[0]);
      entry_.end = static_cast<std::uint64_t>(numbers_[1]);
    }
    return true;
  }

  bool number_unsigned(std::uint64_t number) override {
    if (place_ != Place::kNumbers || number > std::numeric_limits<std::int64_t>::max()) {
      refuse(fmt::format("{}", number));
    }
    check_data(numbers_.size() < Shape::kMaxRank, "expected at most {} numbers in {}, found more",
               Shape::kMaxRank, key_);
    numbers_.push_back(static_cast<std::int64_t>(number));
    return true;
  }

  bool string(std::string& text) override {
    if (place_ == Place::kMetadata) {
      metadata[key_] = std::move(text);
    } else if (place_ == Place::kTensor && key_ == "dtype") {
      entry_.type = &stored_type(text);
    } else {
      refuse("the string " + excerpt(text));
    }
    return true;
  }

  bool null() override { return refuse("null"); }
  bool boolean(bool value) override { return refuse(value ? "true" : "false"); }
  bool number_integer(std::int64_t number) override { return refuse(fmt::format("{}", number)); }
  bool number_float(double, const std::string& text) override { return refuse(excerpt(text)); }
  bool binary(json::binary_t&) override { return refuse("binary"); }  // JSON has none
  bool parse_error(std::size_t position, const std::string&, const json::exception&) override {
    check_data(false, "offset {}: the header is not JSON", kLengthBytes + position - 1);
    return false;
  }

 private:
  enum class Place { kFile, kHeader, kMetadata, kTensor, kNumbers };

  bool refuse(const std::string& found) const {
    const std::string_view expected = place_ == Place::kHeader     ? "an object"
                                      : place_ == Place::kMetadata ? "a string"
                                      : place_ == Place::kNumbers  ? "whole numbers below 2^63"
                                      : key_ == "dtype"            ? "a string"
                                                                   : "an array";
    check_data(false, "expected {} in {}, found {}", expected, excerpt(key_), found);
    return false;
  }

  void finish_entry() {
    check_data(fields_.size() == 3, "expected dtype, shape and data_offsets, found only {}",
               fmt::join(fields_, " and "));
    const auto elements = static_cast<std::uint64_t>(entry_.shape.numel());
    check_data(entry_.end - entry_.begin == elements * entry_.type->bytes,
               "data_offsets [{}, {}]: expected {} bytes for {} {}, found {}", entry_.begin,
               entry_.end, elements * entry_.type->bytes, entry_.type->name, entry_.shape,
               entry_.end - entry_.begin);
    entries.push_back(std::move(entry_));
  }

  Place place_ = Place::kFile;
  std::string key_;               // the latest
  std::set<std::string> names_;   // of tensors so far
  std::set<std::string> fields_;  // of the entry so far
  Entry entry_;                   // being read
  std::vector<std::int64_t> numbers_;
};

HeaderParser read_header(InputFile& file) {
  check_data(file.size() >= kLengthBytes,
             "expected the {} bytes of the header's length, found a file of {} bytes", kLengthBytes,
             file.size());
  std::uint64_t length = 0;
  std::memcpy(&length, file.read(kLengthBytes).data(), kLengthBytes);
  check_data(length <= std::min(kMaxHeaderBytes, file.size() - kLengthBytes),
             "offset 0: expected a header of at most {} bytes, found the length {}",
             std::min(kMaxHeaderBytes, file.size() - kLengthBytes), length);
  const std::string text = file.read(length);
  check_data(text.starts_with('{'), "offset {}: expected the header's '{{', found {}", kLengthBytes,
             excerpt(text.substr(0, 1)));
  // nlohmann's lexer takes a zero byte for the end of its input.
  const std::size_t zero = text.find('\0');
  check_data(zero == std::string::npos, "offset {}: expected JSON, found a zero byte",
             kLengthBytes + zero);

  HeaderParser header;
  try {
    json::sax_parse(text, &header);
  } catch (Error& error) {
    error.add_context(header.where());
    throw;
  }
  return header;
}

TensorFile read_content(InputFile& file) {
  HeaderParser header = read_header(file);
  std::vector<Entry>& entries = header.entries;
  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::pair(a.begin, a.end) < std::pair(b.begin, b.end);
  });
  TensorFile content{.metadata = std::move(header.metadata)};
  const std::uint64_t data_bytes = file.size() - file.offset();
  std::uint64_t next = 0;
  for (const Entry& entry : entries) {
    try {
      check_data(entry.begin == next,
                 "data_offsets [{}, {}] {}: expected them to begin at {}, where the tensor before "
                 "ends",
                 entry.begin, entry.end, entry.begin < next ? "overlap" : "leave a hole", next);
      check_data(entry.end <= data_bytes,
                 "data_offsets [{}, {}]: expected the end within the {} bytes of data; is the file "
                 "cut off?",
                 entry.begin, entry.end, data_bytes);
      next = entry.end;
      content.tensors.emplace(entry.name,
                              entry.type->decode(entry.shape, file.read(entry.end - entry.begin)));
      if (entry.type->integer) content.integers.insert(entry.name);
    } catch (Error& error) {
      error.add_context("tensor " + excerpt(entry.name));
      throw;
    }
  }
  check_data(next == data_bytes, "expected {} bytes of data, found {}", next, data_bytes);
  return content;
}

// The I64 elements of a tensor of whole numbers.
std::string encode_integers(const Tensor& tensor) {
  std::string bytes;
  for (const double value : tensor.values<double>()) {
    check(std::abs(value) < kMaxWhole && value == std::floor(value),
          "expected whole numbers below 2^53, got {}", value);
    const auto encoded = std::bit_cast<std::array<char, 8>>(static_cast<std::int64_t>(value));
    bytes.append(encoded.data(), encoded.size());
  }
  return bytes;
}

// Length and text, padded so that the data after them is aligned.
std::string encode_header(const json& header) {
  std::string text;
  try {
    text = header.dump();
  } catch (const json::exception&) {
    throw Error("safetensors: a name or the metadata is not valid UTF-8");
  }
  text.append((kLengthBytes - text.size() % kLengthBytes) % kLengthBytes, ' ');
  check(text.size() <= kMaxHeaderBytes, "safetensors: a header of {} bytes, at most {} are allowed",
        text.size(), kMaxHeaderBytes);
  const auto length = std::bit_cast<std::array<char, kLengthBytes>>(std::uint64_t{text.size()});
  return std::string(length.data(), length.size()) + text;
}

std::string_view bytes_of(const Tensor& tensor) {
  return dispatch(tensor.dtype(), [&]<class T>(T) {
    return std::string_view(reinterpret_cast<const char*>(tensor.data<T>()),
                            static_cast<std::size_t>(tensor.numel()) * sizeof(T));
  });
}

}  // namespace

TensorFile read_safetensors(const std::filesystem::path& path) {
  InputFile file(path);
  try {
    return read_content(file);
  } catch (const Error& error) {
    throw Error(fmt::format("{}: {}", path.string(), error.what()), ErrorKind::kData);
  }
}

void write_safetensors(const std::filesystem::path& path, const TensorFile& content) {
  for (const std::string& name : content.integers) {
    check(content.tensors.contains(name),
          "safetensors: tensor '{}' is listed as integers but missing", name);
  }
  json header = json::object();
  if (!content.metadata.empty()) header[std::string(kMetadataName)] = content.metadata;
  std::deque<std::string> encoded;           // deque: the pieces point into it
  std::vector<std::string_view> pieces{{}};  // the header's place
  std::uint64_t offset = 0;
  const auto add = [&](const std::string& name, const Tensor& tensor) {
    check(name != kMetadataName, "the name is reserved");
    std::string_view type = tensor.dtype() == DType::kFloat64 ? "F64" : "F32";
    std::string_view bytes = bytes_of(tensor);
    if (content.integers.contains(name)) {
      type = "I64";
      bytes = encoded.emplace_back(encode_integers(tensor));
    }
    header[name] = {
        {"dtype", type},
        {"shape", std::vector<std::int64_t>(tensor.shape().begin(), tensor.shape().end())},
        {"data_offsets", {offset, offset + bytes.size()}}};
    pieces.push_back(bytes);
    offset += bytes.size();
  };
  for (const DType dtype : {DType::kFloat64, DType::kFloat32}) {
    for (const auto& [name, tensor] : content.tensors) {
      if (tensor.dtype() != dtype) continue;
      try {
        add(name, tensor);
      } catch (Error& error) {
        error.add_context(fmt::format("safetensors: tensor '{}'", name));
        throw;
      }
    }
  }

  const std::string prefix = encode_header(header);
  pieces[0] = prefix;
  write_file_atomically(path, pieces);
}

}  // namespace keel
