#include "lookup.h"

#include <cmath>
#include <cstring>

namespace lenet_torch {
namespace {

// byte / 255, rounded as a division is: a quotient and what it leaves over, where multiplying and
// adding round once. Vectors do that faster than they divide, or look up in a table.
inline __attribute__((always_inline)) void divide(const uint8_t* bytes, float* out, int64_t count) {
  constexpr float kDivisor = 255;
  constexpr float kInverse = 1 / kDivisor;
  for (int64_t i = 0; i < count; i++) {
    const float byte = bytes[i];
    const float quotient = byte * kInverse;
    const float left = __builtin_fmaf(-quotient, kDivisor, byte);
    out[i] = __builtin_fmaf(left, kInverse, quotient);
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void divideAvx2(const uint8_t* bytes, float* out,
                                                    int64_t count) {
  divide(bytes, out, count);
}

bool hasVectors() { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }
constexpr auto divideVectors = divideAvx2;
#elif defined(__aarch64__)
bool hasVectors() { return true; }
constexpr auto divideVectors = divide;
#else
bool hasVectors() { return false; }
constexpr auto divideVectors = divide;
#endif

}  // namespace

Lookup::Lookup(const float* table) : table_(table) {
  if (!hasVectors()) return;
  uint8_t bytes[256];
  float quotients[256];
  for (int i = 0; i < 256; i++) bytes[i] = static_cast<uint8_t>(i);
  divideVectors(bytes, quotients, 256);
  // As ToTensor makes it.
  if (std::memcmp(quotients, table, sizeof quotients) == 0) divide_ = divideVectors;
}

void Lookup::operator()(const uint8_t* bytes, float* out, int64_t count) const {
  if (divide_ != nullptr) return divide_(bytes, out, count);
  for (int64_t i = 0; i < count; i++) out[i] = table_[bytes[i]];
}

}  // namespace lenet_torch
