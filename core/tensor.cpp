#include <algorithm>
#include <cstring>

#include <keel/core/autograd.h>
#include <keel/core/kernels/random_words.h>
#include <keel/core/parallel.h>
#include <keel/core/random_values.h>
#include <keel/core/tensor.h>

namespace keel {
namespace {

constexpr std::int64_t kCopyGrain = 1 << 16;  // elements that a thread moves at a time

}  // namespace

Tensor Tensor::empty(const Shape& shape, DType dtype) {
  Tensor x;
  x.shape_ = shape;
  x.dtype_ = dtype;
  x.storage_ = std::make_shared<Storage>(static_cast<std::size_t>(shape.numel()) * size_of(dtype));
  return x;
}

Tensor Tensor::full(const Shape& shape, double value, DType dtype) {
  Tensor x = empty(shape, dtype);
  x.fill(value);
  return x;
}

Tensor Tensor::zeros(const Shape& shape, DType dtype) {
  return full(shape, 0, dtype);
}
Tensor Tensor::ones(const Shape& shape, DType dtype) {
  return full(shape, 1, dtype);
}
Tensor Tensor::scalar(double value, DType dtype) {
  return full({}, value, dtype);
}

template <class T>
Tensor Tensor::from(const Shape& shape, std::span<const T> values) {
  check(static_cast<std::int64_t>(values.size()) == shape.numel(),
        "tensor: {} values given for shape {}, which has {}", values.size(), shape, shape.numel());
  Tensor x = empty(shape, dtype_of<T>);
  std::copy(values.begin(), values.end(), x.mutable_data<T>());
  return x;
}

template Tensor Tensor::from<float>(const Shape&, std::span<const float>);
template Tensor Tensor::from<double>(const Shape&, std::span<const double>);

Tensor Tensor::from(const Shape& shape, std::initializer_list<double> values, DType dtype) {
  return from<double>(shape, std::span<const double>(values.begin(), values.size())).to(dtype);
}

namespace {

// x[i] = draw(the next `words_each` words of the stream), so that every thread knows where its part
// begins.
template <class Draw>
void draw_into(Tensor& x, Rng& rng, std::uint64_t words_each, const Draw& draw) {
  constexpr std::int64_t kGrain = 1 << 12;
  const auto each = static_cast<std::int64_t>(words_each);
  const Rng::State state = rng.state();
  dispatch(x.dtype(), [&]<class T>(T) {
    T* const to = x.mutable_data<T>();
    parallel_for(x.numel(), kGrain, [=](std::int64_t begin, std::int64_t end) {
      kernels::for_drawn(state, each, begin, end,
                         [=](const std::uint32_t* words, std::int64_t first, std::int64_t number) {
                           for (std::int64_t i = 0; i < number; ++i) {
                             to[first + i] = static_cast<T>(draw(words + each * i));
                           }
                         });
    });
  });
  rng = Rng(Rng::State{state.seed, state.stream,
                       state.position + static_cast<std::uint64_t>(each * x.numel())});
}

}  // namespace

Tensor Tensor::uniform(const Shape& shape, double low, double high, Rng& rng, DType dtype) {
  Tensor x = empty(shape, dtype);
  draw_into(x, rng, Rng::kUniformWords,
            [=](const std::uint32_t* words) { return low + (high - low) * uniform_of(words); });
  return x;
}

Tensor Tensor::normal(const Shape& shape, double mean, double stddev, Rng& rng, DType dtype) {
  Tensor x = empty(shape, dtype);
  draw_into(x, rng, Rng::kNormalWords,
            [=](const std::uint32_t* words) { return mean + stddev * normal_of(words); });
  return x;
}

std::byte* Tensor::bytes(DType expected) const {
  check(defined(), "tensor: not defined");
  check(dtype_ == expected, "tensor: elements are {}, asked for as {}", name_of(dtype_),
        name_of(expected));
  return storage_->data();
}

double Tensor::item() const {
  check(defined() && numel() == 1, "item: needs exactly one element, got shape {}", shape_);
  return dispatch(dtype_, [&]<class T>(T) { return static_cast<double>(*data<T>()); });
}

double Tensor::at(std::initializer_list<std::int64_t> index) const {
  check(static_cast<int>(index.size()) == rank(), "at: {} indices for shape {}", index.size(),
        shape_);
  std::int64_t offset = 0;
  int axis = 0;
  for (const std::int64_t i : index) {
    check(i >= 0 && i < size(axis), "at: index {} is outside axis {} of shape {}", i, axis, shape_);
    offset = offset * size(axis++) + i;
  }
  return dispatch(dtype_, [&]<class T>(T) { return static_cast<double>(data<T>()[offset]); });
}

Tensor Tensor::clone() const {
  Tensor copy = empty(shape_, dtype_);
  const std::size_t size = size_of(dtype_);
  parallel_for(numel(), kCopyGrain, [&](std::int64_t begin, std::int64_t end) {
    const std::size_t at = static_cast<std::size_t>(begin) * size;
    std::memcpy(copy.storage_->data() + at, bytes(dtype_) + at,
                static_cast<std::size_t>(end - begin) * size);
  });
  return copy;
}

Tensor Tensor::detach() const {
  Tensor x = *this;
  x.node_.reset();
  return x;
}

Tensor Tensor::to(DType dtype) const {
  if (dtype == dtype_) return detach();
  Tensor x = empty(shape_, dtype);
  x.copy_from(*this);
  return x;
}

void Tensor::copy_from(const Tensor& source) {
  check(shape_ == source.shape_, "copy_from: shape {} into shape {}", source.shape_, shape_);
  dispatch(dtype_, [&]<class T>(T) {
    dispatch(source.dtype_, [&]<class S>(S) {
      const S* from = source.data<S>();
      std::transform(from, from + numel(), mutable_data<T>(),
                     [](S value) { return static_cast<T>(value); });
    });
  });
}

void Tensor::fill(double value) {
  dispatch(dtype_, [&]<class T>(T) {
    T* to = mutable_data<T>();
    parallel_for(numel(), kCopyGrain, [=](std::int64_t begin, std::int64_t end) {
      std::fill(to + begin, to + end, static_cast<T>(value));
    });
  });
}

Tensor TensorAccess::with_shape(const Tensor& x, const Shape& shape) {
  Tensor y = x.detach();
  y.shape_ = shape;
  return y;
}

void TensorAccess::set_node(Tensor& x, std::shared_ptr<Node> node) {
  x.node_ = std::move(node);
}

namespace {

void print(std::string& out, const Tensor& x, int axis, std::int64_t offset, int indent) {
  constexpr std::int64_t kEdge = 3;  // shown at each end of a long axis
  if (axis == x.rank()) {
    dispatch(x.dtype(), [&]<class T>(T) { out += fmt::format("{: .5g}", x.data<T>()[offset]); });
    return;
  }
  const std::int64_t extent = x.size(axis);
  const std::int64_t stride = strides_of(x.shape())[static_cast<std::size_t>(axis)];
  const bool innermost = axis == x.rank() - 1;
  out += '[';
  for (std::int64_t i = 0; i < extent; ++i) {
    if (i > 0)
      out += innermost ? ", " : ",\n" + std::string(static_cast<std::size_t>(indent + 1), ' ');
    if (extent > 2 * kEdge + 1 && i == kEdge) {
      out += "...";
      i = extent - kEdge - 1;
      continue;
    }
    print(out, x, axis + 1, offset + i * stride, indent + 1);
  }
  out += ']';
}

}  // namespace

std::string Tensor::to_string() const {
  if (!defined()) return "Tensor(undefined)";
  std::string out = fmt::format("Tensor{} {}\n", shape_, name_of(dtype_));
  print(out, *this, 0, 0, 0);
  return out;
}

Tensor& Tensor::set_requires_grad(bool required) {
  check(defined(), "set_requires_grad: the tensor is not defined");
  check(!node_ || node_->leaf,
        "set_requires_grad: the tensor is the result of '{}'; only leaves can change, use detach()",
        node_ ? node_->op : "");
  if (!required) {
    node_.reset();
  } else if (!node_) {
    node_ = std::make_shared<Node>();
    node_->op = "leaf";
    node_->shape = shape_;
    node_->dtype = dtype_;
    node_->leaf = true;
  }
  return *this;
}

bool Tensor::has_grad() const {
  return node_ && node_->grad.defined();
}

const Tensor& Tensor::grad() const {
  check(node_ != nullptr, "grad: tensor {} does not require a gradient", shape_);
  check(node_->leaf, "grad: tensor {} is the result of '{}'; only leaves keep their gradient",
        shape_, node_->op);
  check(node_->grad.defined(), "grad: leaf {} has no gradient; was backward() called?", shape_);
  return node_->grad;
}

void Tensor::set_grad(Tensor grad) {
  check(node_ && node_->leaf, "set_grad: tensor {} is not a leaf that requires a gradient", shape_);
  check(grad.shape() == shape_ && grad.dtype() == dtype_,
        "set_grad: gradient {} {} for a tensor {} {}", grad.shape(), name_of(grad.dtype()), shape_,
        name_of(dtype_));
  node_->grad = grad.detach();
}

void Tensor::clear_grad() {
  if (node_) node_->grad = Tensor();
}

}  // namespace keel
