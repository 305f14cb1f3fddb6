#include "tests/support/golden.h"

#include <filesystem>

#include <keel/core/autograd.h>
#include <keel/core/file.h>

#include "tests/support/gradient_check.h"
#include "tests/support/test.h"

namespace keel::testing {
namespace {

constexpr std::uint64_t kSeed = 20240101;

std::uint64_t fnv1a64(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325u;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return hash;
}

}  // namespace

Tensor golden_tensor(std::string_view name, const Shape& shape, double low, double high,
                     DType dtype) {
  Rng rng(kSeed, fnv1a64(name));
  return Tensor::uniform(shape, low, high, rng, dtype);
}

std::vector<std::int32_t> golden_labels(std::string_view name, std::int64_t count, int classes) {
  const Tensor values = golden_tensor(name, {count}, 0, classes);
  return {values.data<double>(), values.data<double>() + count};
}

nlohmann::json read_golden(std::string_view file) {
  return nlohmann::json::parse(read_file(std::filesystem::path(KEEL_TESTS_DIR) / "golden" / file));
}

Shape golden_shape(const nlohmann::json& extents) {
  return Shape(extents.get<std::vector<std::int64_t>>());
}

Tensor golden_values(const nlohmann::json& values, const Shape& shape) {
  const auto numbers = values.get<std::vector<double>>();
  return Tensor::from<double>(shape, numbers);
}

GoldenInputs golden_inputs(const std::string& name, const nlohmann::json& specification,
                           DType dtype) {
  GoldenInputs inputs;
  for (const auto& [key, input] : specification.items()) {
    Tensor tensor = golden_tensor(name + "." + key, golden_shape(input["shape"]), input["range"][0],
                                  input["range"][1], dtype);
    inputs[key] = tensor.set_requires_grad();
  }
  return inputs;
}

void check_golden(const std::string& name, const Tensor& y, const GoldenInputs& inputs,
                  const nlohmann::json& outputs) {
  const double tolerance = y.dtype() == DType::kFloat64 ? 1e-11 : 1e-5;
  const auto check_output = [&](const std::string& output, const Tensor& found) {
    INFO(name << ": " << output << " in " << name_of(y.dtype()));
    const nlohmann::json& golden = outputs.at(output);
    const Tensor expected = golden_values(golden["values"], golden_shape(golden["shape"]));
    CHECK(relative_error(found, expected) < tolerance);
  };
  check_output("y", y);
  backward(y, golden_tensor(name + ".dy", y.shape(), -1, 1, y.dtype()));
  for (const auto& [key, input] : inputs) check_output("d" + key, input.grad());
}

}  // namespace keel::testing
