#pragma once

#include <optional>

#include <keel/core/ops/pool_options.h>

namespace keel {

/// What an op does to its result, in this order: in the same pass over memory where that pays, and
/// always bit for bit (but for the sign of a zero) what ops of their own would.
struct Epilogue {
  bool relu = false;
  std::optional<Pool2dOptions> pool{};  ///< of max_pool2d

  static const Epilogue kNone, kRelu;
};

inline constexpr Epilogue Epilogue::kNone{}, Epilogue::kRelu{.relu = true};

}  // namespace keel
