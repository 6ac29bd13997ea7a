// NCCL as far as c10d calls it, for processes of one host, each with a communicator at a time: NCCL
// itself asks more of a driver than is imitated here. Sums are made in the ranks' order. A rank
// that does not come ends the others after a while, as c10d's watchdog would.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <functional>

#include "arithmetic.h"
#include "imitation.h"

using namespace imitation;

namespace {

constexpr int kRanks = 8;
constexpr size_t kPart = size_t{32} << 20;
constexpr size_t kMessage = size_t{1} << 20;
constexpr auto kPatience = std::chrono::seconds(30);

// What all processes see; zeros at first, and most of it never touched.
struct Shared {
  std::atomic<int> arrived, round;
  std::atomic<bool> isFull[kRanks][kRanks];
  char parts[kRanks][kPart];
  char messages[kRanks][kRanks][kMessage];
};

struct Communicator {
  Shared* shared;
  int rank, size;
};

struct Id {
  char name[128];
};

enum Result { kSuccess = 0, kUnhandledCudaError = 1, kInvalidUsage = 5 };
enum Type { kInt32 = 2, kInt64 = 4, kFloat32 = 7, kFloat64 = 8 };
enum Op { kSum = 0, kProduct = 1, kMax = 2, kMin = 3, kAverage = 4 };

// By ncclDataType_t.
constexpr std::array<size_t, 12> kSizes = {1, 1, 4, 4, 8, 8, 2, 4, 8, 2, 1, 1};

void waitUntil(const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > end) {
      std::fputs("the imitation of NCCL: another rank has not come\n", stderr);
      std::abort();
    }
    usleep(20);
  }
}

void meet(const Communicator& all) {
  const int round = all.shared->round;
  if (++all.shared->arrived == all.size) {
    all.shared->arrived = 0;
    all.shared->round++;
    return;
  }
  waitUntil([&] { return all.shared->round != round; });
}

template <typename Number>
void reduceAs(const Communicator& all, size_t first, size_t count, int op, char* to) {
  auto* result = reinterpret_cast<Number*>(to);
  const auto of = [&](int rank, size_t i) {
    return reinterpret_cast<const Number*>(all.shared->parts[rank])[first + i];
  };
  for (size_t i = 0; i < count; i++) {
    Number value = of(0, i);
    for (int rank = 1; rank < all.size; rank++) {
      const Number other = of(rank, i);
      if (op == kSum || op == kAverage) value += other;
      if (op == kProduct) value *= other;
      if (op == kMax) value = std::max(value, other);
      if (op == kMin) value = std::min(value, other);
    }
    result[i] = op == kAverage ? value / static_cast<Number>(all.size) : value;
  }
}

void reduce(const Communicator& all, size_t first, size_t count, int type, int op, char* to) {
  if (type == kFloat32) return reduceAs<float>(all, first, count, op, to);
  if (type == kFloat64) return reduceAs<double>(all, first, count, op, to);
  if (type == kInt32) return reduceAs<int32_t>(all, first, count, op, to);
  if (type == kInt64) return reduceAs<int64_t>(all, first, count, op, to);
  std::abort();
}

// `given`: how many bytes each rank gives; `take` is called when all have.
int together(const char* name, const void* from, size_t given, void* to, Communicator* all,
             cudaStream_t stream, std::function<void(char* to)> take) {
  write(name);
  counts().launches++;
  if (given > kPart) return kInvalidUsage;
  const auto work = [=, take = std::move(take)] {
    if (given > 0) std::memcpy(all->shared->parts[all->rank], imitationReach(from), given);
    meet(*all);
    take(to == nullptr ? nullptr : static_cast<char*>(imitationReach(to)));
    meet(*all);
  };
  return enqueue(stream, work) == cudaSuccess ? kSuccess : kUnhandledCudaError;
}

int begin(Communicator** made, int size, const Id& id, int rank) {
  write("ncclCommInit");
  if (size > kRanks) return kInvalidUsage;
  const int file = shm_open(id.name, O_CREAT | O_RDWR, 0600);
  if (file < 0 || ftruncate(file, sizeof(Shared)) != 0) return kInvalidUsage;
  void* shared = mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (shared == MAP_FAILED) return kInvalidUsage;
  *made = new Communicator{static_cast<Shared*>(shared), rank, size};
  meet(**made);
  if (rank == 0) shm_unlink(id.name);
  return kSuccess;
}

int end(const char* name, Communicator* all) {
  write(name);
  munmap(all->shared, sizeof(Shared));
  delete all;
  return kSuccess;
}

// What goes from one rank to another waits for the end of its group: those that send go first.
thread_local int depth = 0;
thread_local std::deque<std::function<int()>> sends, receives;

int runMessages() {
  int result = kSuccess;
  for (auto* queue : {&sends, &receives}) {
    for (const auto& each : *queue) result = std::max(result, each());
    queue->clear();
  }
  return result;
}

int message(std::deque<std::function<int()>>& queue, std::function<void()> work,
            cudaStream_t stream) {
  counts().launches++;
  queue.push_back([=, work = std::move(work)] {
    return enqueue(stream, work) == cudaSuccess ? kSuccess : kUnhandledCudaError;
  });
  return depth > 0 ? kSuccess : runMessages();
}

}  // namespace

IMITATED int ncclGetVersion(int* version) { return *version = 22809, kSuccess; }
IMITATED const char* ncclGetErrorString(int) { return "an error of the imitation's"; }
IMITATED const char* ncclGetLastError(Communicator*) { return "not imitated"; }
IMITATED int ncclGetUniqueId(Id* id) {
  static std::atomic<int> count = 0;
  std::snprintf(id->name, sizeof id->name, "/imitation-%d-%d", getpid(), count++);
  return kSuccess;
}

IMITATED int ncclCommInitRank(Communicator** made, int size, Id id, int rank) {
  return begin(made, size, id, rank);
}
IMITATED int ncclCommInitRankConfig(Communicator** made, int size, Id id, int rank, void*) {
  return begin(made, size, id, rank);
}
IMITATED int ncclCommGetAsyncError(Communicator*, int* error) { return *error = kSuccess; }
IMITATED int ncclCommCount(Communicator* all, int* count) { return *count = all->size, kSuccess; }
IMITATED int ncclCommUserRank(Communicator* all, int* rank) { return *rank = all->rank, kSuccess; }
IMITATED int ncclCommFinalize(Communicator*) { return kSuccess; }
IMITATED int ncclCommDestroy(Communicator* all) { return end("ncclCommDestroy", all); }
IMITATED int ncclCommAbort(Communicator* all) { return end("ncclCommAbort", all); }

IMITATED int ncclGroupStart() { return depth++, kSuccess; }
IMITATED int ncclGroupEnd() { return --depth > 0 ? kSuccess : runMessages(); }

IMITATED int ncclAllReduce(const void* from, void* to, size_t count, int type, int op,
                           Communicator* all, cudaStream_t stream) {
  return together("ncclAllReduce", from, count * kSizes[type], to, all, stream,
                  [=](char* place) { reduce(*all, 0, count, type, op, place); });
}
IMITATED int ncclReduce(const void* from, void* to, size_t count, int type, int op, int root,
                        Communicator* all, cudaStream_t stream) {
  return together("ncclReduce", from, count * kSizes[type], to, all, stream, [=](char* place) {
    if (all->rank == root) reduce(*all, 0, count, type, op, place);
  });
}
IMITATED int ncclBroadcast(const void* from, void* to, size_t count, int type, int root,
                           Communicator* all, cudaStream_t stream) {
  const size_t bytes = count * kSizes[type];
  return together("ncclBroadcast", from, all->rank == root ? bytes : 0, to, all, stream,
                  [=](char* place) { std::memcpy(place, all->shared->parts[root], bytes); });
}
IMITATED int ncclBcast(void* buffer, size_t count, int type, int root, Communicator* all,
                       cudaStream_t stream) {
  return ncclBroadcast(buffer, buffer, count, type, root, all, stream);
}
IMITATED int ncclAllGather(const void* from, void* to, size_t count, int type, Communicator* all,
                           cudaStream_t stream) {
  const size_t bytes = count * kSizes[type];
  return together("ncclAllGather", from, bytes, to, all, stream, [=](char* place) {
    for (int rank = 0; rank < all->size; rank++) {
      std::memcpy(place + rank * bytes, all->shared->parts[rank], bytes);
    }
  });
}
IMITATED int ncclReduceScatter(const void* from, void* to, size_t count, int type, int op,
                               Communicator* all, cudaStream_t stream) {
  return together("ncclReduceScatter", from, count * all->size * kSizes[type], to, all, stream,
                  [=](char* place) { reduce(*all, all->rank * count, count, type, op, place); });
}

IMITATED int ncclSend(const void* from, size_t count, int type, int peer, Communicator* all,
                      cudaStream_t stream) {
  const size_t bytes = count * kSizes[type];
  if (bytes > kMessage) return kInvalidUsage;
  const auto work = [=] {
    auto& isFull = all->shared->isFull[all->rank][peer];
    waitUntil([&] { return !isFull; });
    std::memcpy(all->shared->messages[all->rank][peer], imitationReach(from), bytes);
    isFull = true;
  };
  return message(sends, work, stream);
}
IMITATED int ncclRecv(void* to, size_t count, int type, int peer, Communicator* all,
                      cudaStream_t stream) {
  const auto work = [=] {
    auto& isFull = all->shared->isFull[peer][all->rank];
    waitUntil([&] { return isFull.load(); });
    std::memcpy(imitationReach(to), all->shared->messages[peer][all->rank], count * kSizes[type]);
    isFull = false;
  };
  return message(receives, work, stream);
}
