#pragma once
// Products of matrices that fit into a core's cache. A library packs its factors anew for every
// product, which for these takes as long as the multiplications.

#include <cstdint>

namespace keel::kernels {

/// A row-major matrix as it is stored, and whether the product takes its transpose.
struct Factor {
  const float* data;
  std::int64_t stride;  // elements from row to row
  bool transposed = false;
};

/// Whether cached_product takes op(b) [k, n] and is then the faster way.
bool suits_cached_product(std::int64_t n, std::int64_t k);

/// c [m, n] = op(a) [m, k] op(b) [k, n], c without gaps between its rows, for an n and a k that
/// suit. Each element is one sum in the order of k: the same bits for any number of threads.
void cached_product(std::int64_t m, std::int64_t n, std::int64_t k, const Factor& a,
                    const Factor& b, float* c);

}  // namespace keel::kernels
