#include "device.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <dlfcn.h>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {
namespace {

// Null where libtorch_cuda was not loaded.
const c10::impl::DeviceGuardImplInterface* cudaGuard() {
  return c10::impl::device_guard_impl_registry[static_cast<size_t>(c10::DeviceType::CUDA)].load();
}

const c10::impl::DeviceGuardImplInterface& requireCuda() {
  const auto* guard = cudaGuard();
  if (guard == nullptr || guard->deviceCount() == 0) {
    throw CodedError(ErrorClass::kTorchError, "ERR_CUDA_UNAVAILABLE", "CUDA is not available");
  }
  return *guard;
}

c10::DeviceIndex requireIndex(const Napi::CallbackInfo& info) {
  const auto& guard = requireCuda();
  const auto index = parseInteger(info.Env(), info[0]);
  if (!index || *index < 0 || *index >= guard.deviceCount()) {
    throwInvalidArgument("device index: expected an integer from 0 to " +
                         std::to_string(guard.deviceCount() - 1) + ", got " +
                         describe(info.Env(), info[0]));
  }
  return static_cast<c10::DeviceIndex>(*index);
}

Napi::Value hasCuda(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), cudaGuard() != nullptr);
}

Napi::Value cudaDeviceCount(const Napi::CallbackInfo& info) {
  const auto* guard = cudaGuard();
  return Napi::Number::New(info.Env(), guard == nullptr ? 0 : guard->deviceCount());
}

Napi::Value cudaCurrentDevice(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), requireCuda().getDevice().index());
}

Napi::Value cudaSetDevice(const Napi::CallbackInfo& info) {
  const auto index = requireIndex(info);
  requireCuda().setDevice(c10::Device(c10::DeviceType::CUDA, index));
  return info.Env().Undefined();
}

Napi::Value cudaSynchronize(const Napi::CallbackInfo& info) {
  const auto& guard = requireCuda();
  const auto index = info[0].IsUndefined() ? guard.getDevice().index() : requireIndex(info);
  guard.synchronizeDevice(index);
  return info.Env().Undefined();
}

// The driver knows the name; libtorch_cuda is loaded, so the driver is there.
Napi::Value cudaDeviceName(const Napi::CallbackInfo& info) {
  const auto index = requireIndex(info);
  using DeviceGet = int (*)(int*, int);
  using DeviceGetName = int (*)(char*, int, int);
  void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_LOCAL);
  const auto deviceGet =
      driver == nullptr ? nullptr : reinterpret_cast<DeviceGet>(dlsym(driver, "cuDeviceGet"));
  const auto deviceGetName =
      driver == nullptr ? nullptr
                        : reinterpret_cast<DeviceGetName>(dlsym(driver, "cuDeviceGetName"));
  int device = 0;
  char name[256] = "";
  if (deviceGet == nullptr || deviceGetName == nullptr || deviceGet(&device, index) != 0 ||
      deviceGetName(name, sizeof name, device) != 0) {
    throw CodedError(ErrorClass::kTorchError, "ERR_CUDA_UNAVAILABLE",
                     "the CUDA driver does not tell the name of device " + std::to_string(index));
  }
  return Napi::String::New(info.Env(), name);
}

Napi::Value numThreads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), at::get_num_threads());
}

Napi::Value setNumThreads(const Napi::CallbackInfo& info) {
  const auto count = parseInteger(info.Env(), info[0]);
  if (!count || *count < 1 || *count > 1024) {
    throwInvalidArgument("number of threads: expected an integer from 1 to 1024, got " +
                         describe(info.Env(), info[0]));
  }
  at::set_num_threads(static_cast<int>(*count));
  return info.Env().Undefined();
}

}  // namespace

void exportDevice(Environment&, Napi::Object exports) {
  exportFunction<hasCuda>(exports, "hasCuda");
  exportFunction<cudaDeviceCount>(exports, "cudaDeviceCount");
  exportFunction<cudaCurrentDevice>(exports, "cudaCurrentDevice");
  exportFunction<cudaSetDevice>(exports, "cudaSetDevice");
  exportFunction<cudaSynchronize>(exports, "cudaSynchronize");
  exportFunction<cudaDeviceName>(exports, "cudaDeviceName");
  exportFunction<numThreads>(exports, "numThreads");
  exportFunction<setNumThreads>(exports, "setNumThreads");
}

}  // namespace lenet_torch
