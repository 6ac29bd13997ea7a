// Compiled without the instruction set's flags: it has to run on processors that lack it.
#include "engine.h"

extern "C" int32_t lenet_fused_supported(void) {
#if defined(LENET_FUSED_NEEDS_AVX512)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
         __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#elif defined(LENET_FUSED_NEEDS_AVX2)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return 1;
#endif
}
