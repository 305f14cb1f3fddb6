// Compiles KEEL_ISA_SOURCE once per instruction set, each time in a namespace of its own:
//
//   #define KEEL_ISA_SOURCE <keel/core/kernels/normalize.inl.h>  // inside namespace KEEL_ISA
//   #include <keel/core/kernels/for_each_isa.h>
//   ... select(KEEL_ISA_VARIANTS(column_moments<float>))(arguments) ...
//
// KEEL_ISA_LANES is the number of floats in its widest vector, Floats (lanes.inl.h).
// The source must include nothing but other such sources: what is compiled for wide vectors must
// stay in the namespace, lest the linker pick it for a CPU without them. No include guard: a file
// may compile several sources.

#include <keel/core/isa.h>

#define KEEL_ISA base
#define KEEL_ISA_LANES 4
#ifndef KEEL_ISA_VARIANTS  // once for all sources
#include <keel/core/kernels/lanes.inl.h>
#endif
#include KEEL_ISA_SOURCE
#undef KEEL_ISA
#undef KEEL_ISA_LANES

#if defined(__x86_64__)

#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
#define KEEL_ISA avx2
#define KEEL_ISA_LANES 8
#ifndef KEEL_ISA_VARIANTS
#include <keel/core/kernels/lanes.inl.h>
#endif
#include KEEL_ISA_SOURCE
#undef KEEL_ISA
#undef KEEL_ISA_LANES
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#if defined(__clang__)
#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512")
#endif
#define KEEL_ISA avx512
#define KEEL_ISA_LANES 16
#ifndef KEEL_ISA_VARIANTS
#include <keel/core/kernels/lanes.inl.h>
#endif
#include KEEL_ISA_SOURCE
#undef KEEL_ISA
#undef KEEL_ISA_LANES
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#endif

#undef KEEL_ISA_SOURCE

#ifndef KEEL_ISA_VARIANTS

#if defined(__x86_64__)
#define KEEL_ISA_VARIANTS(...) &base::__VA_ARGS__, &avx2::__VA_ARGS__, &avx512::__VA_ARGS__
#else
#define KEEL_ISA_VARIANTS(...) &base::__VA_ARGS__, &base::__VA_ARGS__, &base::__VA_ARGS__
#endif

namespace keel::kernels {

/// The variant of a kernel for the instruction set in use.
template <class Function>
Function select(Function base, Function avx2, Function avx512) {
  switch (isa()) {
    case Isa::kAvx512:
      return avx512;
    case Isa::kAvx2:
      return avx2;
    case Isa::kBase:
      break;
  }
  return base;
}

}  // namespace keel::kernels

#endif
