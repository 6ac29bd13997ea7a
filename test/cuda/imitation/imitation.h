// An imitation of CUDA's run-time library and driver, to be put before them with LD_PRELOAD: what
// libtorch_cuda asks of a GPU can be watched where there is none. Memory, copies, streams, events,
// captures and their rules are as CUDA's documentation has them; kernels do nothing, so numbers
// that they would compute are whatever lay in memory before, zeros at first.
#pragma once

#include <cuda_runtime_api.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>

#define IMITATED extern "C" __attribute__((visibility("default")))

namespace imitation {

// Counted on top of what the file that IMITATION_COUNTS names has. program.mjs reads them in this
// order.
struct Counts {
  std::atomic<int64_t> launches;  // of kernels, and of those that graphs were captured from
  std::atomic<int64_t> captures;  // that came to a graph
  std::atomic<int64_t> captured;  // kernels and copies in all graphs
  std::atomic<int64_t> graphLaunches;
  std::atomic<int64_t> waits;     // of the host for the device
  std::atomic<int64_t> toDevice;  // copies from the host
  std::atomic<int64_t> toHost;
};
Counts& counts();

// IMITATION_FAULT, read at each call: no-driver, old-driver, no-kernels, assertion.
bool hasFault(const char* name);

// Writes a line to the file that IMITATION_LOG names when it is first called.
void write(const char* line);

// Remembers an error as CUDA does, until cudaGetLastError.
cudaError_t done(cudaError_t error = cudaSuccess);

// What a lost context answers to everything, or success.
cudaError_t health();

// Kernels run on streams of the current device alone.
bool isOfCurrentDevice(cudaStream_t stream);

// Calls that could wait or touch memory are refused during a capture, by its mode.
bool isSafe();

// Has a stream run work: at once, or as a part of the graph that is captured from it.
cudaError_t enqueue(cudaStream_t stream, std::function<void()> work);

int currentDevice();

// The value of a cudaDeviceAttr, which the driver numbers likewise.
int attribute(int which);

// 13000 for CUDA 13.0.
constexpr int kCuda = 13000;
int driverVersion();

// How many devices there are, and bytes of memory of each.
constexpr int kDevices = 2;
constexpr size_t kMemory = size_t{16} << 30;

}  // namespace imitation
