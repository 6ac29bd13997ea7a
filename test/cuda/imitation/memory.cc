// Memory of the devices: addresses that the host must not touch, and a second view of the same
// pages through which copies go.
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>

#include "arithmetic.h"
#include "imitation.h"

namespace imitation {
namespace {

// Addresses are never given out again: a pointer that was freed stays wrong.
constexpr size_t kAddresses = size_t{1} << 42;
constexpr size_t kStep = size_t{2} << 20;

struct Block {
  size_t bytes;
  int device;
};

struct Memory {
  Memory() {
    file = memfd_create("imitation", MFD_CLOEXEC);
    const bool isSized = file >= 0 && ftruncate(file, static_cast<off_t>(kAddresses)) == 0;
    const auto map = [&](int protection) {
      constexpr int kFlags = MAP_SHARED | MAP_NORESERVE;
      return static_cast<char*>(mmap(nullptr, kAddresses, protection, kFlags, file, 0));
    };
    if (isSized) {
      device = map(PROT_NONE);
      view = map(PROT_READ | PROT_WRITE);
    }
    if (!isSized || device == MAP_FAILED || view == MAP_FAILED) {
      std::perror("memory of the imitation");
      std::abort();
    }
  }

  std::mutex mutex;
  int file = -1;
  char* device = nullptr;
  char* view = nullptr;
  size_t end = 0;
  size_t used[kDevices] = {};
  std::map<const char*, Block> blocks;
};

Memory& memory() {
  static auto& memory = *new Memory;
  return memory;
}

bool isOfDevice(const void* pointer) {
  const auto* place = static_cast<const char*>(pointer);
  return place >= memory().device && place < memory().device + kAddresses;
}

// Where the host can reach the bytes at a pointer; null where they are not allocated.
char* reach(const void* pointer, size_t bytes) {
  if (!isOfDevice(pointer)) return static_cast<char*>(const_cast<void*>(pointer));
  auto& all = memory();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto* place = static_cast<const char*>(pointer);
  auto next = all.blocks.upper_bound(place);
  if (next == all.blocks.begin()) return nullptr;
  const auto& [start, block] = *std::prev(next);
  if (place + bytes > start + block.bytes) return nullptr;
  return all.view + (place - all.device);
}

cudaError_t copy(void* to, const void* from, size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return done();
  if (reach(to, bytes) == nullptr || reach(from, bytes) == nullptr) {
    return done(cudaErrorInvalidValue);
  }
  write("a copy");
  const bool isToDevice = isOfDevice(to);
  const bool isFromDevice = isOfDevice(from);
  if (isToDevice && !isFromDevice) counts().toDevice++;
  if (!isToDevice && isFromDevice) counts().toHost++;
  return done(enqueue(stream, [=] { std::memmove(reach(to, bytes), reach(from, bytes), bytes); }));
}

cudaError_t fill(void* to, int value, size_t bytes, cudaStream_t stream) {
  if (bytes == 0) return done();
  if (!isOfDevice(to) || reach(to, bytes) == nullptr) return done(cudaErrorInvalidValue);
  write("a memset");
  return done(enqueue(stream, [=] { std::memset(reach(to, bytes), value, bytes); }));
}

cudaError_t waitedFor(cudaError_t error) {
  if (!isSafe()) return done(cudaErrorStreamCaptureUnsupported);
  counts().waits++;
  return error;
}

}  // namespace
}  // namespace imitation

using namespace imitation;

IMITATED void* imitationReach(const void* pointer) { return reach(pointer, 1); }

IMITATED cudaError_t cudaMalloc(void** pointer, size_t bytes) {
  if (health() != cudaSuccess) return done(health());
  if (!isSafe()) return done(cudaErrorStreamCaptureUnsupported);
  auto& all = memory();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const int device = currentDevice();
  if (bytes > kMemory - all.used[device]) return done(cudaErrorMemoryAllocation);
  *pointer = all.device + all.end;
  all.blocks[all.device + all.end] = {bytes, device};
  all.used[device] += bytes;
  all.end += (bytes / kStep + 1) * kStep;
  return done();
}

IMITATED cudaError_t cudaFree(void* pointer) {
  if (pointer == nullptr) return done(health());
  if (!isSafe()) return done(cudaErrorStreamCaptureUnsupported);
  auto& all = memory();
  const std::lock_guard<std::mutex> lock(all.mutex);
  const auto found = all.blocks.find(static_cast<char*>(pointer));
  if (found == all.blocks.end()) return done(cudaErrorInvalidValue);
  const auto [bytes, device] = found->second;
  all.used[device] -= bytes;
  fallocate(all.file, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
            static_cast<off_t>(static_cast<char*>(pointer) - all.device),
            static_cast<off_t>(bytes));
  all.blocks.erase(found);
  return done(health());
}

IMITATED cudaError_t cudaMemGetInfo(size_t* free, size_t* total) {
  auto& all = memory();
  const std::lock_guard<std::mutex> lock(all.mutex);
  *total = kMemory;
  *free = kMemory - all.used[currentDevice()];
  return done(health());
}

IMITATED cudaError_t cudaHostAlloc(void** pointer, size_t bytes, unsigned) {
  *pointer = std::aligned_alloc(4096, (bytes / 4096 + 1) * 4096);
  return done(*pointer == nullptr ? cudaErrorMemoryAllocation : health());
}

IMITATED cudaError_t cudaFreeHost(void* pointer) {
  std::free(pointer);
  return done();
}

IMITATED cudaError_t cudaHostRegister(void*, size_t, unsigned) { return done(); }
IMITATED cudaError_t cudaHostUnregister(void*) { return done(); }

IMITATED cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes,
                                              const void* pointer) {
  *attributes = {};
  attributes->type = isOfDevice(pointer) ? cudaMemoryTypeDevice : cudaMemoryTypeUnregistered;
  attributes->device = currentDevice();
  attributes->devicePointer = const_cast<void*>(pointer);
  return done();
}

IMITATED cudaError_t cudaMemcpyAsync(void* to, const void* from, size_t bytes, cudaMemcpyKind,
                                     cudaStream_t stream) {
  return copy(to, from, bytes, stream);
}

IMITATED cudaError_t cudaMemcpyPeerAsync(void* to, int, const void* from, int, size_t bytes,
                                         cudaStream_t stream) {
  return copy(to, from, bytes, stream);
}

IMITATED cudaError_t cudaMemcpy(void* to, const void* from, size_t bytes, cudaMemcpyKind) {
  return waitedFor(copy(to, from, bytes, nullptr));
}

IMITATED cudaError_t cudaMemset(void* to, int value, size_t bytes) {
  return waitedFor(fill(to, value, bytes, nullptr));
}

IMITATED cudaError_t cudaMemsetAsync(void* to, int value, size_t bytes, cudaStream_t stream) {
  return fill(to, value, bytes, stream);
}
