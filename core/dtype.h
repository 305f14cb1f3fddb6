#pragma once
// Element types: float32 to train with, float64 to check every gradient with.

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>

#include <keel/core/error.h>

namespace keel {

enum class DType : std::uint8_t { kFloat32, kFloat64 };

constexpr std::size_t size_of(DType dtype) {
  return dtype == DType::kFloat32 ? 4 : 8;
}
constexpr std::string_view name_of(DType dtype) {
  return dtype == DType::kFloat32 ? "float32" : "float64";
}

template <class T>
requires std::is_same_v<T, float> || std::is_same_v<T, double>
inline constexpr DType dtype_of = std::is_same_v<T, double> ? DType::kFloat64 : DType::kFloat32;

/// Calls f with a value of the element type, the one bridge from run-time dtype to templates:
/// `dispatch(x.dtype(), [&]<class T>(T) { ... x.data<T>() ... });`
template <class F>
decltype(auto) dispatch(DType dtype, F&& f) {
  return dtype == DType::kFloat32 ? std::forward<F>(f)(float{}) : std::forward<F>(f)(double{});
}

}  // namespace keel
