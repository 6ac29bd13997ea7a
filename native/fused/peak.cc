// How fast this processor multiplies and adds: the measure for everything else.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "engine.h"
#include "vector.h"

namespace {

using lenet::Vec;

// Enough independent sums to hide an FMA's latency, few enough to stay in registers.
constexpr int kSums = 12;
constexpr int kRounds = 20000;

double gigaflops_of_one(double seconds) {
  using Clock = std::chrono::steady_clock;
  Vec sums[kSums] = {};
  Vec factor = lenet::broadcast(0.999f), term = lenet::broadcast(1e-3f);
  const auto start = Clock::now();
  double elapsed = 0, rounds = 0;
  do {
    for (int i = 0; i < kRounds; ++i) {
#pragma GCC unroll 12
      for (int s = 0; s < kSums; ++s) sums[s] = sums[s] * factor + term;
    }
    rounds += kRounds;
    elapsed = std::chrono::duration<double>(Clock::now() - start).count();
  } while (elapsed < seconds);
  for (const Vec& v : sums) asm volatile("" : : "m"(v));  // the sums are used, as far as GCC knows
  return rounds * kSums * lenet::kLanes * 2 / elapsed * 1e-9;
}

}  // namespace

extern "C" double lenet_fused_fma_peak(int32_t threads, double seconds) {
  try {
    std::vector<double> results(std::max(1, threads));
    std::vector<std::thread> team;
    for (size_t t = 1; t < results.size(); ++t) {
      team.emplace_back([&, t] { results[t] = gigaflops_of_one(seconds); });
    }
    results[0] = gigaflops_of_one(seconds);
    for (auto& thread : team) thread.join();
    double total = 0;
    for (double r : results) total += r;
    return total;
  } catch (...) {
    return 0;  // no threads to be had
  }
}
