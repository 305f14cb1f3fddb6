#pragma once
// Which instruction set the kernels use: chosen when the program runs, so that one binary serves
// all.

#include <string_view>

namespace keel {

enum class Isa { kBase, kAvx2, kAvx512 };

/// The best of what this CPU has; KEEL_ISA=base|avx2|avx512 asks for a lesser one.
/// Throws Error when KEEL_ISA names an unknown set or one that the CPU lacks.
Isa isa();
std::string_view name_of(Isa isa);

}  // namespace keel
