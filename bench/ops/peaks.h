#pragma once
// What this machine can do at best, measured: the limits that ops are held against.

#include <map>
#include <tuple>

namespace keel::bench {

/// Each is the best of all its measurements: many at first, and a few more with every further call
/// of measure(), as the machine may have had a slow minute.
class Peaks {
 public:
  /// What the other two tell, for these arguments.
  void measure(int threads, double bytes, bool in_place);

  /// Floating-point operations per second of independent chains of multiply-adds (two operations
  /// each) in the registers of `threads` threads, with the widest vectors that the kernels use.
  double multiply_add(int threads) const { return multiply_add_.at(threads); }

  /// Bytes per second, read and written, of y = s x (STREAM's "scale") or, in place, of x = s x, on
  /// `threads` threads. x and y together, or x, hold about `bytes`, rounded up to a power of two,
  /// 256 MiB at most: what fits into a cache has the cache's peak.
  double copy(int threads, double bytes, bool in_place) const;

 private:
  using CopyKey = std::tuple<int, int, bool>;  // threads, binary logarithm of bytes, in place

  std::map<int, double> multiply_add_;  // by threads
  std::map<CopyKey, double> copy_;
};

}  // namespace keel::bench
