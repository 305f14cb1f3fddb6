#pragma once
// What this machine can do at best, measured: the limits that ops are held against.

namespace keel::bench {

/// Floating-point operations per second of independent chains of multiply-adds (two operations
/// each) in the registers of `threads` threads, with the widest vectors that the kernels use.
double multiply_add_peak(int threads);

/// Bytes per second, read and written, of y = s x on `threads` threads (STREAM's "scale"). x and y
/// together hold about `bytes`, rounded up to a power of two, 256 MiB at most: what fits into a
/// cache has the cache's peak.
double copy_peak(int threads, double bytes);

// Each is measured once and remembered.

}  // namespace keel::bench
