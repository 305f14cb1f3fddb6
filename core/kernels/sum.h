#pragma once
// Sums of many terms: in double, in an order that depends on their number alone.

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include <keel/core/parallel.h>

namespace keel::kernels {

/// term(begin) + ... + term(end - 1). Several running sums, because one alone would wait for each
/// addition to end before it starts the next.
template <class Term>
double serial_sum(std::int64_t begin, std::int64_t end, const Term& term) {
  constexpr std::int64_t kLanes = 8;
  std::array<double, kLanes> lanes{};
  std::int64_t i = begin;
  for (; i + kLanes <= end; i += kLanes) {
    for (std::int64_t lane = 0; lane < kLanes; ++lane) {
      lanes[static_cast<std::size_t>(lane)] += static_cast<double>(term(i + lane));
    }
  }
  double sum = 0;
  for (const double lane : lanes) sum += lane;
  for (; i < end; ++i) sum += static_cast<double>(term(i));
  return sum;
}

/// term(0) + ... + term(n - 1), spread over the threads.
template <class Term>
double sum(std::int64_t n, const Term& term) {
  constexpr std::int64_t kGrain = 1 << 14;
  if (n <= kGrain) return serial_sum(0, n, term);
  std::vector<double> partial(static_cast<std::size_t>((n + kGrain - 1) / kGrain));
  parallel_for(n, kGrain, [&](std::int64_t begin, std::int64_t end) {
    partial[static_cast<std::size_t>(begin / kGrain)] = serial_sum(begin, end, term);
  });
  double total = 0;
  for (const double part : partial) total += part;
  return total;
}

}  // namespace keel::kernels
