#include <cstdlib>

#include <keel/core/error.h>
#include <keel/core/isa.h>

namespace keel {
namespace {

Isa best_isa() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return Isa::kAvx512;
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return Isa::kAvx2;
#endif
  return Isa::kBase;
}

Isa choose_isa() {
  const char* wish = std::getenv("KEEL_ISA");
  if (wish == nullptr || *wish == '\0') return best_isa();
  for (const Isa isa : {Isa::kBase, Isa::kAvx2, Isa::kAvx512}) {
    if (name_of(isa) != wish) continue;
    check(isa <= best_isa(), "KEEL_ISA={}: this CPU has {} at most", wish, name_of(best_isa()));
    return isa;
  }
  throw Error(fmt::format("KEEL_ISA={}: expected base, avx2 or avx512", wish));
}

}  // namespace

Isa isa() {
  static const Isa chosen = choose_isa();
  return chosen;
}

std::string_view name_of(Isa isa) {
  switch (isa) {
    case Isa::kAvx512:
      return "avx512";
    case Isa::kAvx2:
      return "avx2";
    case Isa::kBase:
      break;
  }
  return "base";
}

}  // namespace keel
