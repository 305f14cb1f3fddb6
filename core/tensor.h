#pragma once
// The tensor: a contiguous array of float32 or float64 with a shape and, perhaps, a history.

#include <initializer_list>
#include <memory>
#include <span>
#include <string>

#include <keel/core/dtype.h>
#include <keel/core/random.h>
#include <keel/core/shape.h>
#include <keel/core/storage.h>

namespace keel {

struct Node;

/// A cheap handle: copies share their elements, clone() copies them. Elements lie contiguously, the
/// last axis fastest. Ops never write to their inputs; mutable_data() is for those who own a
/// tensor: kernels that fill a result, initialisers, optimisers.
class Tensor {
 public:
  Tensor() = default;  ///< undefined: no shape, no elements; defined() is false

  // Factories. Their tensors have no history.
  static Tensor empty(const Shape& shape, DType dtype = DType::kFloat32);  ///< not initialised
  static Tensor full(const Shape& shape, double value, DType dtype = DType::kFloat32);
  static Tensor zeros(const Shape& shape, DType dtype = DType::kFloat32);
  static Tensor ones(const Shape& shape, DType dtype = DType::kFloat32);
  static Tensor scalar(double value, DType dtype = DType::kFloat32);  ///< shape []
  /// Copies the values, in row-major order. Throws Error when their number is not shape.numel().
  template <class T>
  static Tensor from(const Shape& shape, std::span<const T> values);
  static Tensor from(const Shape& shape, std::initializer_list<double> values,
                     DType dtype = DType::kFloat32);
  static Tensor uniform(const Shape& shape, double low, double high, Rng& rng,
                        DType dtype = DType::kFloat32);  ///< U[low, high)
  static Tensor normal(const Shape& shape, double mean, double stddev, Rng& rng,
                       DType dtype = DType::kFloat32);  ///< N(mean, stddev^2)

  bool defined() const { return storage_ != nullptr; }
  const Shape& shape() const { return shape_; }
  int rank() const { return shape_.rank(); }
  std::int64_t size(int axis) const { return shape_[axis]; }
  std::int64_t numel() const { return shape_.numel(); }
  DType dtype() const { return dtype_; }

  /// The elements. Throws Error when T is not the tensor's element type.
  template <class T>
  const T* data() const;
  template <class T>
  T* mutable_data();
  template <class T>
  std::span<const T> values() const {
    return {data<T>(), static_cast<std::size_t>(numel())};
  }

  double item() const;  ///< the only element
  double at(
      std::initializer_list<std::int64_t> index) const;  ///< one element, for tests and printing

  Tensor clone() const;          ///< own elements, no history
  Tensor detach() const;         ///< the same elements, no history
  Tensor to(DType dtype) const;  ///< converted, no history; the same handle when nothing changes
  void copy_from(const Tensor& source);  ///< overwrites the elements; same shape, any dtype
  void fill(double value);

  /// True when no other handle shares the elements: they may be overwritten.
  bool unique() const { return storage_.use_count() == 1; }

  /// Shape, dtype and elements, the middle of long axes left out.
  std::string to_string() const;

  // Autograd (see autograd.h).
  bool requires_grad() const { return node_ != nullptr; }
  /// Makes this tensor a leaf whose gradient backward() accumulates, or a constant.
  /// Throws Error for the result of an op.
  Tensor& set_requires_grad(bool required = true);
  bool has_grad() const;
  /// The accumulated gradient. Throws Error saying why when there is none.
  const Tensor& grad() const;
  void set_grad(Tensor grad);
  void clear_grad();
  const std::shared_ptr<Node>& node() const { return node_; }

 private:
  friend struct TensorAccess;
  std::byte* bytes(DType expected) const;

  Shape shape_;
  DType dtype_ = DType::kFloat32;
  std::shared_ptr<Storage> storage_;
  std::shared_ptr<Node> node_;  // null: a constant
};

/// For core's own view and history ops: the two members no one else may set.
struct TensorAccess {
  static Tensor with_shape(const Tensor& x, const Shape& shape);  ///< shares elements, no history
  static void set_node(Tensor& x, std::shared_ptr<Node> node);
};

template <class T>
const T* Tensor::data() const {
  return reinterpret_cast<const T*>(bytes(dtype_of<T>));
}

template <class T>
T* Tensor::mutable_data() {
  return reinterpret_cast<T*>(bytes(dtype_of<T>));
}

extern template Tensor Tensor::from<float>(const Shape&, std::span<const float>);
extern template Tensor Tensor::from<double>(const Shape&, std::span<const double>);

}  // namespace keel

template <>
struct fmt::formatter<keel::Tensor> : fmt::formatter<std::string_view> {
  template <class Context>
  auto format(const keel::Tensor& tensor, Context& context) const {
    return fmt::formatter<std::string_view>::format(tensor.to_string(), context);
  }
};
