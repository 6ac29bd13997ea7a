// The threads of an engine, and the barrier at which they meet twice per training step.
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace lenet {

// Waits spinning for a moment, since the others are usually only microseconds behind, then sleeps:
// a barrier that only spins collapses as soon as there are more threads than free cores.
class Barrier {
 public:
  explicit Barrier(int threads);
  Barrier(const Barrier&) = delete;
  Barrier& operator=(const Barrier&) = delete;
  void wait();

 private:
  const int threads_, spins_;
  alignas(64) std::atomic<int> arrived_{0};
  alignas(64) std::atomic<int> phase_{0};
};

class Team {
 public:
  explicit Team(int threads);
  ~Team();
  Team(const Team&) = delete;
  Team& operator=(const Team&) = delete;

  int size() const { return size_; }
  Barrier& barrier() { return barrier_; }

  // Calls work(0) here and work(1) … work(size − 1) on the team's threads; returns when all have.
  // One caller at a time; `work` does not throw.
  void run(const std::function<void(int)>& work);

 private:
  void serve(int index);
  void stop();

  const int size_;
  Barrier barrier_;
  std::mutex mutex_;
  std::condition_variable wake_, done_;
  const std::function<void(int)>* work_ = nullptr;
  int round_ = 0, unfinished_ = 0;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace lenet
