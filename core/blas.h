#pragma once
// Matrix multiplication. The only part of Keel that knows OpenBLAS.

#include <cstdint>
#include <string>

namespace keel::blas {

/// C <- op(A) op(B) + beta C for row-major matrices: op(A) is [m, k], op(B) is [k, n], C is [m, n];
/// the leading dimensions count elements between rows as stored. On the calling thread alone.
template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc);

/// The same, rows of C spread over the threads of parallel_for: the same bits for any number of
/// them.
template <class T>
void parallel_gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n,
                   std::int64_t k, const T* a, std::int64_t lda, const T* b, std::int64_t ldb,
                   T beta, T* c, std::int64_t ldc);

/// The kernels that OpenBLAS uses, "SkylakeX" for example.
std::string core_name();

}  // namespace keel::blas
