#pragma once
// One pool of threads for all of Keel. What is computed never depends on how many there are.

#include <cstdint>
#include <memory>
#include <type_traits>

namespace keel {

/// Threads that parallel_for uses, the calling one included. At first KEEL_THREADS if that is set,
/// else available_cores().
int num_threads();
/// Throws Error unless 1 <= count <= 1024. Not to be called from inside a parallel_for, nor while
/// another thread computes.
void set_num_threads(int count);

/// Which of these threads this one is, from 0 to num_threads() - 1: no two that work on the same
/// parallel_for have the same index. 0 on threads that Keel did not start.
int thread_index();

namespace detail {
using ChunkFunction = void (*)(void* context, std::int64_t begin, std::int64_t end);
void parallel_for(std::int64_t n, std::int64_t grain, void* context, ChunkFunction function);
}  // namespace detail

/// Calls f(begin, end) for each chunk [i grain, min(n, (i + 1) grain)) of 0..n-1, on several
/// threads and in no particular order. The chunks depend on n and grain alone: a reduction that
/// keeps one partial result per chunk (index begin / grain) and combines them in index order gives
/// the same bits for any number of threads. The first exception thrown by f is rethrown here after
/// all chunks that had started have ended. A nested call runs on the calling thread. Throws Error
/// where grain < 1 or the system starts fewer threads than num_threads().
template <class F>
void parallel_for(std::int64_t n, std::int64_t grain, F&& f) {
  using Function = std::remove_reference_t<F>;
  detail::parallel_for(n, grain, const_cast<void*>(static_cast<const void*>(std::addressof(f))),
                       [](void* context, std::int64_t begin, std::int64_t end) {
                         (*static_cast<Function*>(context))(begin, end);
                       });
}

}  // namespace keel
