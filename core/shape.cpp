#include <algorithm>

#include <keel/core/shape.h>

namespace keel {

Shape::Shape(std::initializer_list<std::int64_t> extents)
    : Shape(std::span<const std::int64_t>(extents.begin(), extents.size())) {}

Shape::Shape(std::span<const std::int64_t> extents) {
  constexpr std::int64_t kMaxElements = std::int64_t{1} << 48;
  check(extents.size() <= kMaxRank, "shape: {} extents, at most {} are supported", extents.size(),
        kMaxRank);
  std::int64_t elements = 1;  // of the shape with a 1 in place of each 0: bounds the strides, too
  for (const std::int64_t extent : extents) {
    check(extent >= 0, "shape: negative extent {}", extent);
    if (extent == 0) continue;
    check(elements <= kMaxElements / extent, "shape: [{}] has more than 2^48 elements",
          fmt::join(extents, ", "));
    elements *= extent;
  }
  std::copy(extents.begin(), extents.end(), extents_.begin());
  rank_ = static_cast<int>(extents.size());
}

void Shape::set(int axis, std::int64_t extent) {
  std::array<std::int64_t, kMaxRank> extents = extents_;
  extents[index(axis)] = extent;
  *this = Shape(std::span(extents).first(static_cast<std::size_t>(rank_)));
}

std::int64_t Shape::numel() const {
  std::int64_t numel = 1;
  for (const std::int64_t extent : *this) numel *= extent;
  return numel;
}

std::size_t Shape::index(int axis) const {
  const int positive = axis < 0 ? axis + rank_ : axis;
  check(positive >= 0 && positive < rank_, "axis {} is outside shape {}", axis, *this);
  return static_cast<std::size_t>(positive);
}

bool Shape::operator==(const Shape& other) const {
  return std::equal(begin(), end(), other.begin(), other.end());
}

std::string Shape::to_string() const {
  return fmt::format("[{}]", fmt::join(begin(), end(), ", "));
}

std::array<std::int64_t, Shape::kMaxRank> strides_of(const Shape& shape) {
  std::array<std::int64_t, Shape::kMaxRank> strides{};
  std::int64_t stride = 1;
  for (int axis = shape.rank() - 1; axis >= 0; --axis) {
    strides[static_cast<std::size_t>(axis)] = stride;
    stride *= shape[axis];
  }
  return strides;
}

Shape broadcast(const Shape& a, const Shape& b) {
  const Shape& longer = a.rank() >= b.rank() ? a : b;
  const Shape& shorter = a.rank() >= b.rank() ? b : a;
  Shape result = longer;
  for (int axis = -1; axis >= -shorter.rank(); --axis) {
    check(longer[axis] == shorter[axis] || longer[axis] == 1 || shorter[axis] == 1,
          "shapes {} and {} do not broadcast: extents {} and {} differ and neither is 1", a, b,
          longer[axis], shorter[axis]);
    result.set(axis, longer[axis] == 1 ? shorter[axis] : longer[axis]);
  }
  return result;
}

}  // namespace keel
