#include "device.h"

#include <ATen/Parallel.h>

#include <mutex>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {

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

c10::DeviceIndex requireDeviceIndex(const Napi::CallbackInfo& info, size_t argument) {
  const auto& guard = requireCuda();
  const auto index = parseInteger(info.Env(), info[argument]);
  if (!index || *index < 0 || *index >= guard.deviceCount()) {
    throwInvalidArgument("device index: expected an integer from 0 to " +
                         std::to_string(guard.deviceCount() - 1) + ", got " +
                         describe(info.Env(), info[argument]));
  }
  return static_cast<c10::DeviceIndex>(*index);
}

namespace {

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
  const auto index = requireDeviceIndex(info, 0);
  requireCuda().setDevice(c10::Device(c10::DeviceType::CUDA, index));
  return info.Env().Undefined();
}

Napi::Value cudaSynchronize(const Napi::CallbackInfo& info) {
  const auto& guard = requireCuda();
  const auto index =
      info[0].IsUndefined() ? guard.getDevice().index() : requireDeviceIndex(info, 0);
  guard.synchronizeDevice(index);
  return info.Env().Undefined();
}

Napi::Value numThreads(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), at::get_num_threads());
}

int requireThreads(const Napi::CallbackInfo& info) {
  const auto count = parseInteger(info.Env(), info[0]);
  if (!count || *count < 1 || *count > 1024) {
    throwInvalidArgument("number of threads: expected an integer from 1 to 1024, got " +
                         describe(info.Env(), info[0]));
  }
  return static_cast<int>(*count);
}

// Once in a process: what is set later is somebody's wish, which a thread that imports the package
// after that must not undo.
Napi::Value limitThreads(const Napi::CallbackInfo& info) {
  const auto count = requireThreads(info);
  static std::once_flag isDone;
  std::call_once(isDone, [count] {
    if (count < at::get_num_threads()) at::set_num_threads(count);
  });
  return info.Env().Undefined();
}

Napi::Value setNumThreads(const Napi::CallbackInfo& info) {
  at::set_num_threads(requireThreads(info));
  return info.Env().Undefined();
}

}  // namespace

void exportDevice(Environment&, Napi::Object exports) {
  exportFunction<hasCuda>(exports, "hasCuda");
  exportFunction<cudaDeviceCount>(exports, "cudaDeviceCount");
  exportFunction<cudaCurrentDevice>(exports, "cudaCurrentDevice");
  exportFunction<cudaSetDevice>(exports, "cudaSetDevice");
  exportFunction<cudaSynchronize>(exports, "cudaSynchronize");
  exportFunction<numThreads>(exports, "numThreads");
  exportFunction<setNumThreads>(exports, "setNumThreads");
  exportFunction<limitThreads>(exports, "limitThreads");
}

}  // namespace lenet_torch
