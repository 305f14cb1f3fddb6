#include <algorithm>
#include <cstdlib>
#include <mutex>
#include <string_view>
#include <utility>

#include <cblas.h>

#include <keel/core/blas.h>
#include <keel/core/parallel.h>

// Exported by OpenBLAS builds that choose their kernels at run time, but in no header; absent
// elsewhere, hence weak.
extern "C" {
[[gnu::weak]] void gotoblas_dynamic_init(void);
[[gnu::weak]] void gotoblas_dynamic_quit(void);
[[gnu::weak]] char* openblas_get_corename(void);
}

namespace keel::blas {
namespace {

// OpenBLAS 0.3.21 takes CPUs that are newer than itself for a lesser kind (a recent Xeon for a
// Prescott, a Zen 5 for a Haswell) and then runs at a half or a fifth of their speed. Its choice
// can be made again: with the variable set, quit and init read it anew. The user's own choice
// stands, and KEEL_BLAS_REPAIR=0 leaves everything as it is.
void repair_core_type() {
#if defined(__x86_64__)
  if (!openblas_get_corename || !gotoblas_dynamic_init || !gotoblas_dynamic_quit) return;
  if (std::getenv("OPENBLAS_CORETYPE") != nullptr) return;
  const char* switch_off = std::getenv("KEEL_BLAS_REPAIR");
  if (switch_off != nullptr && std::string_view(switch_off) == "0") return;
  const std::string_view current = openblas_get_corename();
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
                      __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const bool uses_avx512 =
      current == "SkylakeX" || current == "Cooperlake" || current == "Sapphirerapids";
  const bool uses_avx2 = current == "Haswell" || current == "Zen";
  const char* better = nullptr;
  if (avx512 && !uses_avx512) {
    better = "SkylakeX";
  } else if (avx2 && !avx512 && !uses_avx2) {
    better = "Haswell";
  }
  if (better == nullptr) return;
  setenv("OPENBLAS_CORETYPE", better, 1);
  gotoblas_dynamic_quit();
  gotoblas_dynamic_init();
  unsetenv("OPENBLAS_CORETYPE");
#endif
}

// Runs before the first product on every thread.
void prepare() {
  static std::mutex mutex;
  static bool repaired = false;
  thread_local bool ready = false;
  if (ready) return;
  const std::lock_guard lock(mutex);
  if (!std::exchange(repaired, true)) repair_core_type();
  // parallel_for owns the cores. On every thread: the OpenMP flavour takes the number of the
  // calling thread, and one that was not told would split its products, with other bits.
  openblas_set_num_threads(1);
  ready = true;
}

void cblas_gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, blasint m, blasint n, blasint k,
                const float* a, blasint lda, const float* b, blasint ldb, float beta, float* c,
                blasint ldc) {
  cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, 1.0f, a, lda, b, ldb, beta, c, ldc);
}

void cblas_gemm(CBLAS_TRANSPOSE ta, CBLAS_TRANSPOSE tb, blasint m, blasint n, blasint k,
                const double* a, blasint lda, const double* b, blasint ldb, double beta, double* c,
                blasint ldc) {
  cblas_dgemm(CblasRowMajor, ta, tb, m, n, k, 1.0, a, lda, b, ldb, beta, c, ldc);
}

}  // namespace

template <class T>
void gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n, std::int64_t k,
          const T* a, std::int64_t lda, const T* b, std::int64_t ldb, T beta, T* c,
          std::int64_t ldc) {
  prepare();
  if (m == 0 || n == 0) return;
  if (k == 0) {  // BLAS wants positive leading dimensions; the product of nothing is zero
    for (std::int64_t row = 0; row < m; ++row) {
      std::transform(c + row * ldc, c + row * ldc + n, c + row * ldc,
                     [beta](T value) { return beta == 0 ? T(0) : beta * value; });
    }
    return;
  }
  const auto to_blas = [](std::int64_t value) { return static_cast<blasint>(value); };
  cblas_gemm(transpose_a ? CblasTrans : CblasNoTrans, transpose_b ? CblasTrans : CblasNoTrans,
             to_blas(m), to_blas(n), to_blas(k), a, to_blas(lda), b, to_blas(ldb), beta, c,
             to_blas(ldc));
}

template <class T>
void parallel_gemm(bool transpose_a, bool transpose_b, std::int64_t m, std::int64_t n,
                   std::int64_t k, const T* a, std::int64_t lda, const T* b, std::int64_t ldb,
                   T beta, T* c, std::int64_t ldc) {
  prepare();
  // BLAS packs all of B anew for each chunk of rows, so there are few: of two million
  // multiply-adds, or an eighth of the rows where that is more.
  constexpr std::int64_t kChunkWork = 1 << 21;
  const std::int64_t worth = kChunkWork / std::max<std::int64_t>(1, n * k);
  const std::int64_t most = std::clamp<std::int64_t>(std::max(worth, m / 8), 32, 256);
  const std::int64_t chunks = (m + most - 1) / most;
  const std::int64_t equal = chunks == 0 ? 1 : (m + chunks - 1) / chunks;
  const std::int64_t grain = (equal + 15) / 16 * 16;
  parallel_for(m, grain, [&](std::int64_t begin, std::int64_t end) {
    const T* a_rows = transpose_a ? a + begin : a + begin * lda;
    gemm(transpose_a, transpose_b, end - begin, n, k, a_rows, lda, b, ldb, beta, c + begin * ldc,
         ldc);
  });
}

std::string core_name() {
  prepare();
  return openblas_get_corename ? openblas_get_corename() : "unknown";
}

template void gemm<float>(bool, bool, std::int64_t, std::int64_t, std::int64_t, const float*,
                          std::int64_t, const float*, std::int64_t, float, float*, std::int64_t);
template void gemm<double>(bool, bool, std::int64_t, std::int64_t, std::int64_t, const double*,
                           std::int64_t, const double*, std::int64_t, double, double*,
                           std::int64_t);
template void parallel_gemm<float>(bool, bool, std::int64_t, std::int64_t, std::int64_t,
                                   const float*, std::int64_t, const float*, std::int64_t, float,
                                   float*, std::int64_t);
template void parallel_gemm<double>(bool, bool, std::int64_t, std::int64_t, std::int64_t,
                                    const double*, std::int64_t, const double*, std::int64_t,
                                    double, double*, std::int64_t);

}  // namespace keel::blas
