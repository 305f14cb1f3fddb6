// The end of a convolution's loops, before their sums leave the registers: for kernel sources.

namespace keel::kernels::KEEL_ISA {

// bias_of(column) is added to each sum where the finish has a bias, then the ReLU applied where it
// has one.
template <int Rows, int Columns, class BiasOf>
inline void finish_sums(const Finish& finish, Floats (&sums)[Rows][Columns], BiasOf bias_of) {
  if (finish.bias) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int c = 0; c < Columns; ++c) sums[r][c] += bias_of(c);
    }
  }
  if (finish.relu) {
#pragma GCC unroll 16
    for (int r = 0; r < Rows; ++r) {
#pragma GCC unroll 8
      for (int c = 0; c < Columns; ++c) sums[r][c] = sums[r][c] < 0 ? Floats{} : sums[r][c];
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
