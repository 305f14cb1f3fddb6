#pragma once
// The extents of a tensor, outermost first: images are [N, H, W, C].

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>

#include <keel/core/error.h>

namespace keel {

/// Up to six extents, each at least 0. An empty shape is a scalar (one element).
class Shape {
 public:
  static constexpr int kMaxRank = 6;

  Shape() = default;
  /// Throws Error on more than six extents, a negative one, or a product beyond 2^48 of those that
  /// are not 0.
  Shape(std::initializer_list<std::int64_t> extents);
  explicit Shape(std::span<const std::int64_t> extents);

  int rank() const { return rank_; }
  std::int64_t numel() const;

  /// Extent of an axis; negative axes count from the end. Throws Error outside the rank.
  std::int64_t operator[](int axis) const { return extents_[index(axis)]; }
  /// Throws Error as the constructor does.
  void set(int axis, std::int64_t extent);
  /// The axis as 0 <= axis < rank. Throws Error outside the rank.
  int axis(int axis) const { return static_cast<int>(index(axis)); }

  const std::int64_t* begin() const { return extents_.data(); }
  const std::int64_t* end() const { return extents_.data() + rank_; }

  bool operator==(const Shape& other) const;
  std::string to_string() const;  ///< "[64, 28, 28, 1]"

 private:
  std::size_t index(int axis) const;

  std::array<std::int64_t, kMaxRank> extents_{};
  int rank_ = 0;
};

/// Elements between neighbours along each axis of a contiguous tensor.
std::array<std::int64_t, Shape::kMaxRank> strides_of(const Shape& shape);

/// NumPy's rule: align at the end, an extent of 1 stretches. Throws Error naming both shapes.
Shape broadcast(const Shape& a, const Shape& b);

}  // namespace keel

template <>
struct fmt::formatter<keel::Shape> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const keel::Shape& shape, Context& context) const {
    return fmt::formatter<std::string_view>::format(shape.to_string(), context);
  }
};
