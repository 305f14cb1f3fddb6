#include <keel/core/error.h>
#include <keel/layers/statistics_rows.h>

namespace keel {

RowView channel_rows(const Tensor& x) {
  return {reshape(x, {-1, x.size(-1)}), {0}};
}

RowView group_rows(const Tensor& x, std::int64_t groups) {
  const std::int64_t channels = x.size(-1);
  check(groups >= 1 && channels % groups == 0, "{} channels do not divide into {} groups", channels,
        groups);
  return {reshape(x, {x.size(0), -1, groups, channels / groups}), {1, 3}};
}

}  // namespace keel
