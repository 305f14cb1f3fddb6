#pragma once

namespace keel {

/// What an op does to its result in the same pass over memory.
enum class Epilogue { kNone, kRelu };

}  // namespace keel
