// Local response normalisation of `rows` pixels, for one instruction set. All in double: the
// squares of a float32 may overflow float.

namespace keel::kernels::KEEL_ISA {

// Of each channel, s and factor = s^-beta. `squares` has room for channels + size - 1.
template <class T>
void response_sizes(const ResponseWindow& w, const T* x, double* squares, double* s,
                    double* factor) {
  const std::int64_t channels = w.channels;
  for (std::int64_t i = 0; i < w.before; ++i) squares[i] = 0;
  for (std::int64_t i = w.before + channels; i < channels + w.size - 1; ++i) squares[i] = 0;
  for (std::int64_t c = 0; c < channels; ++c) {
    const double v = static_cast<double>(x[c]);
    squares[w.before + c] = v * v;
    s[c] = 0;
  }
  for (std::int64_t i = 0; i < w.size; ++i) {
    for (std::int64_t c = 0; c < channels; ++c) s[c] += squares[c + i];
  }
  constexpr double kUsualBeta = 0.75;  // has roots in place of a power
  for (std::int64_t c = 0; c < channels; ++c) s[c] = w.k + w.share * s[c];
  if (w.beta == kUsualBeta) {
    for (std::int64_t c = 0; c < channels; ++c) {
      const double root = std::sqrt(s[c]);
      factor[c] = 1 / (root * std::sqrt(root));
    }
  } else {
    for (std::int64_t c = 0; c < channels; ++c) factor[c] = std::pow(s[c], -w.beta);
  }
}

template <class T>
void response(const ResponseWindow& w, const T* x, std::int64_t rows, double* scratch, T* y) {
  const std::int64_t channels = w.channels;
  double* s = scratch;
  double* factor = s + channels;
  double* squares = factor + channels;
  for (std::int64_t r = 0; r < rows; ++r, x += channels, y += channels) {
    response_sizes(w, x, squares, s, factor);
    for (std::int64_t c = 0; c < channels; ++c) {
      y[c] = static_cast<T>(static_cast<double>(x[c]) * factor[c]);
    }
  }
}

template <class T>
void response_backward(const ResponseWindow& w, const T* x, const T* dy, std::int64_t rows,
                       double* scratch, T* dx) {
  const std::int64_t channels = w.channels, after = w.size - 1 - w.before;
  double* s = scratch;
  double* factor = s + channels;
  double* shares = factor + channels;  // first the squares, then what each channel passes on
  for (std::int64_t r = 0; r < rows; ++r, x += channels, dy += channels, dx += channels) {
    response_sizes(w, x, shares, s, factor);
    for (std::int64_t i = 0; i < after; ++i) shares[i] = 0;
    for (std::int64_t i = after + channels; i < channels + w.size - 1; ++i) shares[i] = 0;
    for (std::int64_t c = 0; c < channels; ++c) {
      shares[after + c] =
          static_cast<double>(dy[c]) * static_cast<double>(x[c]) * (factor[c] / s[c]);
      s[c] = 0;
    }
    for (std::int64_t i = 0; i < w.size; ++i) {
      for (std::int64_t c = 0; c < channels; ++c) s[c] += shares[c + i];
    }
    const double slope = -2 * w.beta * w.share;
    for (std::int64_t c = 0; c < channels; ++c) {
      dx[c] = static_cast<T>(static_cast<double>(dy[c]) * factor[c] +
                             slope * static_cast<double>(x[c]) * s[c]);
    }
  }
}

}  // namespace keel::kernels::KEEL_ISA
