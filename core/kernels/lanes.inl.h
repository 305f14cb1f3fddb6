// Vectors of floats and of doubles as wide as the instruction set has, and how they meet memory.
// for_each_isa.h puts this before each kernel source.

namespace keel::kernels::KEEL_ISA {

using Floats [[gnu::vector_size(4 * KEEL_ISA_LANES), gnu::aligned(4), gnu::may_alias]] = float;

template <int... Lane>
struct Indices {};
template <int N, int... Lane>
struct CountTo : CountTo<N - 1, N - 1, Lane...> {};
template <int... Lane>
struct CountTo<0, Lane...> {
  using Type = Indices<Lane...>;
};
using AllLanes = CountTo<KEEL_ISA_LANES>::Type;

inline Floats load(const float* p) {
  return *reinterpret_cast<const Floats*>(p);
}
inline void store(float* p, Floats v) {
  *reinterpret_cast<Floats*>(p) = v;
}

// One step of a transposition of squares: lane l of a and b, told apart by the bit Step of l.
//   a(l) = l & Step ? b(l - Step) : a(l),  b(l) = l & Step ? b(l) : a(l + Step)
template <int Step, int... Lane>
inline void exchange(Floats& a, Floats& b, Indices<Lane...>) {
#if defined(__clang__)
  const Floats low =
      __builtin_shufflevector(a, b, (Lane & Step ? Lane - Step + KEEL_ISA_LANES : Lane)...);
  b = __builtin_shufflevector(a, b, (Lane & Step ? Lane + KEEL_ISA_LANES : Lane + Step)...);
#else
  using Ints [[gnu::vector_size(4 * KEEL_ISA_LANES)]] = int;
  const Floats low =
      __builtin_shuffle(a, b, Ints{(Lane & Step ? Lane - Step + KEEL_ISA_LANES : Lane)...});
  b = __builtin_shuffle(a, b, Ints{(Lane & Step ? Lane + KEEL_ISA_LANES : Lane + Step)...});
#endif
  a = low;
}

// Rows become columns: lane j of square[i] and lane i of square[j] change places.
template <int Step = KEEL_ISA_LANES / 2>
inline void transpose(Floats (&square)[KEEL_ISA_LANES]) {
  if constexpr (Step > 0) {
#pragma GCC unroll 16
    for (int i = 0; i < KEEL_ISA_LANES; ++i) {
      if ((i & Step) == 0) exchange<Step>(square[i], square[i + Step], AllLanes{});
    }
    transpose<Step / 2>(square);
  }
}

inline std::int64_t lane_count() {
  return KEEL_ISA_LANES;
}

// A number that a generic lambda can use as a constant.
template <int N>
struct Constant {
  static constexpr int value = N;
};

// f(Constant<n>), for 1 <= n <= Most
template <int Most, class F>
inline void with_constant(std::int64_t n, F f) {
  if constexpr (Most > 0) {
    if (n == Most) return f(Constant<Most>{});
    with_constant<Most - 1>(n, f);
  }
}

// f(Constant<count>) for blocks of about equal size, each at most Most: a short last block would
// not fill the pipelines.
template <int Most, class F>
inline void in_equal_blocks(std::int64_t n, F f) {
  for (std::int64_t blocks = (n + Most - 1) / Most; blocks > 0; --blocks) {
    const std::int64_t count = (n + blocks - 1) / blocks;
    with_constant<Most>(count, f);
    n -= count;
  }
}

constexpr bool kManyRegisters = KEEL_ISA_LANES >= 16;

// What one register holds as doubles, and as many T.
constexpr int kDoubles = KEEL_ISA_LANES / 2;
using Doubles [[gnu::vector_size(8 * kDoubles), gnu::aligned(8), gnu::may_alias]] = double;

template <class T>
struct Wide {
  using Values [[gnu::vector_size(sizeof(T) * kDoubles), gnu::aligned(sizeof(T)), gnu::may_alias]] =
      T;
};
template <class T>
using WideValues = typename Wide<T>::Values;

template <class T>
inline WideValues<T> load_wide(const T* p) {
  return *reinterpret_cast<const WideValues<T>*>(p);
}
template <class T>
inline void store_wide(T* p, WideValues<T> v) {
  *reinterpret_cast<WideValues<T>*>(p) = v;
}
inline void add_to(double* p, Doubles v) {
  *reinterpret_cast<Doubles*>(p) += v;
}
template <class T>
inline Doubles to_doubles(WideValues<T> v) {
#if KEEL_ISA_LANES == 16 && !defined(__clang__)
  // GCC 12, at least, converts two halves and puts them together: four times as long.
  if constexpr (sizeof(T) == sizeof(float)) {
    constexpr char kAll = -1;
    constexpr int kCurrentRounding = 4;
    return __builtin_ia32_cvtps2pd512_mask(v, Doubles{}, kAll, kCurrentRounding);
  }
#endif
  return __builtin_convertvector(v, Doubles);
}

// f(Constant<n>, first value) for n neighbouring registers, as many as possible, up to Most, so
// that rows are read from one end to the other; and 0 for each single value that is left.
template <int Most, class F>
inline void for_each_column(std::int64_t values, F f) {
  std::int64_t v = 0;
  in_equal_blocks<Most>(values / kDoubles, [&](auto count) {
    f(count, v);
    v += count.value * kDoubles;
  });
  for (; v < values; ++v) f(Constant<0>{}, v);
}

}  // namespace keel::kernels::KEEL_ISA
