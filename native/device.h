// Devices, through the hooks that libtorch_cpu has for CUDA: nothing here links CUDA.
#pragma once

#include <c10/core/impl/DeviceGuardImplInterface.h>
#include <napi.h>

namespace lenet_torch {

class Environment;

// Null where libtorch_cuda was not loaded.
const c10::impl::DeviceGuardImplInterface* cudaGuard();

// Throws ERR_CUDA_UNAVAILABLE where there is no CUDA device.
const c10::impl::DeviceGuardImplInterface& requireCuda();

// The number of a device that is there.
c10::DeviceIndex requireDeviceIndex(const Napi::CallbackInfo& info, size_t argument);

void exportDevice(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
