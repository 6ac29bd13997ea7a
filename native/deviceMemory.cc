#include "deviceMemory.h"

#include <c10/core/CachingDeviceAllocator.h>
#include <dlfcn.h>

#include "convert.h"
#include "device.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// Null until a first tensor was put on a GPU: as in Python, there is nothing to count before.
c10::DeviceAllocator* startedAllocator() {
  requireCuda();
  auto* allocator = c10::getDeviceAllocator(c10::DeviceType::CUDA);
  return allocator->initialized() ? allocator : nullptr;
}

const c10::CachingAllocator::Stat& aggregate(const c10::CachingAllocator::StatArray& stats) {
  return stats[static_cast<size_t>(c10::CachingAllocator::StatType::AGGREGATE)];
}

// cudaMemoryStats(index): bytes now and at the peak.
Napi::Value cudaMemoryStats(const Napi::CallbackInfo& info) {
  const auto index = requireDeviceIndex(info, 0);
  c10::CachingDeviceAllocator::DeviceStats stats;
  if (auto* allocator = startedAllocator()) stats = allocator->getDeviceStats(index);
  auto result = Napi::Object::New(info.Env());
  const auto set = [&](const char* name, int64_t value) {
    result.Set(name, static_cast<double>(value));
  };
  set("allocated", aggregate(stats.allocated_bytes).current);
  set("maxAllocated", aggregate(stats.allocated_bytes).peak);
  set("reserved", aggregate(stats.reserved_bytes).current);
  set("maxReserved", aggregate(stats.reserved_bytes).peak);
  return result;
}

Napi::Value cudaResetPeakStats(const Napi::CallbackInfo& info) {
  const auto index = requireDeviceIndex(info, 0);
  if (auto* allocator = startedAllocator()) allocator->resetPeakStats(index);
  return info.Env().Undefined();
}

Napi::Value cudaEmptyCache(const Napi::CallbackInfo& info) {
  if (auto* allocator = startedAllocator()) allocator->emptyCache();
  return info.Env().Undefined();
}

// cudaMemGetInfo(index): [free, total] bytes of the device, whoever uses them. CUDA's run-time
// library is in the global scope since the loader opened libtorch_cuda; libtorch's own interface
// to it is newer than 2.9.
Napi::Value cudaMemGetInfo(const Napi::CallbackInfo& info) {
  const auto index = requireDeviceIndex(info, 0);
  using MemGetInfo = int (*)(size_t*, size_t*);
  const auto memGetInfo = reinterpret_cast<MemGetInfo>(dlsym(RTLD_DEFAULT, "cudaMemGetInfo"));
  const auto& guard = requireCuda();
  const c10::Device before = guard.exchangeDevice(c10::Device(c10::DeviceType::CUDA, index));
  size_t free = 0;
  size_t total = 0;
  const int status = memGetInfo == nullptr ? -1 : memGetInfo(&free, &total);
  guard.uncheckedSetDevice(before);
  if (status != 0) {
    throw CodedError(ErrorClass::kTorchError, "ERR_CUDA_UNAVAILABLE",
                     "CUDA does not tell the memory of device " + std::to_string(index) +
                         " (error " + std::to_string(status) + ")");
  }
  auto result = Napi::Array::New(info.Env(), 2);
  result.Set(0U, static_cast<double>(free));
  result.Set(1U, static_cast<double>(total));
  return result;
}

// dataAddress(tensor): where its first element lies. A captured graph reads and writes addresses.
Napi::Value dataAddress(const Napi::CallbackInfo& info) {
  const auto& tensor = unwrapTensor(Environment::of(info.Env()), info[0], "tensor").tensor;
  return Napi::BigInt::New(info.Env(), reinterpret_cast<uint64_t>(tensor.const_data_ptr()));
}

}  // namespace

void exportDeviceMemory(Environment&, Napi::Object exports) {
  exportFunction<cudaMemoryStats>(exports, "cudaMemoryStats");
  exportFunction<cudaResetPeakStats>(exports, "cudaResetPeakStats");
  exportFunction<cudaEmptyCache>(exports, "cudaEmptyCache");
  exportFunction<cudaMemGetInfo>(exports, "cudaMemGetInfo");
  exportFunction<dataAddress>(exports, "dataAddress");
}

}  // namespace lenet_torch
