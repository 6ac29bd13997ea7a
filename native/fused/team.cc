#include "team.h"

#include <chrono>

namespace lenet {

namespace {

// About 20 µs: longer than threads of equal work usually differ, short beside a step's millisecond.
constexpr int kSpins = 1000;
// Neighbours on the machine make threads differ by more. One that slept would come back 50 µs late,
// twice in a step of one or two milliseconds; instead it gives way to whoever has work for its
// core, and is back at once where nobody has.
constexpr std::chrono::microseconds kGivingWay{500};

inline void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

}  // namespace

Barrier::Barrier(int threads)
    : threads_(threads),
      spins_(threads <= static_cast<int>(std::thread::hardware_concurrency()) ? kSpins : 0) {}

void Barrier::wait() {
  if (threads_ == 1) return;
  const int phase = phase_.load(std::memory_order_relaxed);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
    arrived_.store(0, std::memory_order_relaxed);
    phase_.fetch_add(1, std::memory_order_release);
    phase_.notify_all();
    return;
  }
  for (int i = 0; i < spins_; ++i) {
    if (phase_.load(std::memory_order_acquire) != phase) return;
    relax();
  }
  if (spins_ > 0) {
    const auto end = std::chrono::steady_clock::now() + kGivingWay;
    while (std::chrono::steady_clock::now() < end) {
      std::this_thread::yield();
      if (phase_.load(std::memory_order_acquire) != phase) return;
    }
  }
  phase_.wait(phase, std::memory_order_acquire);
}

Team::Team(int threads) : size_(threads), barrier_(threads) {
  try {
    for (int i = 1; i < threads; ++i) threads_.emplace_back([this, i] { serve(i); });
  } catch (...) {
    stop();  // a half-built team has no destructor call, and its threads must not outlive it
    throw;
  }
}

Team::~Team() { stop(); }

void Team::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) thread.join();
}

void Team::run(const std::function<void(int)>& work) {
  if (size_ > 1) {
    std::lock_guard lock(mutex_);
    work_ = &work;
    unfinished_ = size_ - 1;
    ++round_;
  }
  wake_.notify_all();
  work(0);
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return unfinished_ == 0; });
}

void Team::serve(int index) {
  int round = 0;
  std::unique_lock lock(mutex_);
  while (true) {
    wake_.wait(lock, [&] { return stopping_ || round_ != round; });
    if (stopping_) return;
    round = round_;
    const auto& work = *work_;
    lock.unlock();
    work(index);
    lock.lock();
    if (--unfinished_ == 0) done_.notify_all();
  }
}

}  // namespace lenet
