// What NVIDIA's driver says of its GPUs. Looked up at run time: it is not there on every machine.
#pragma once

#include <napi.h>

#include <optional>
#include <string>

namespace lenet_torch {

class Environment;

struct DeviceProperties {
  std::string name;
  int major = 0;  // compute capability
  int minor = 0;
  size_t totalMemory = 0;  // bytes
  int multiProcessorCount = 0;
};

// Nothing without a driver, or where it has no such device.
std::optional<DeviceProperties> deviceProperties(int index);

void exportDriver(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
