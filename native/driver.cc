#include "driver.h"

#include "device.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "library.h"

namespace lenet_torch {
namespace {

// The driver's C interface (cuda.h); 0 is success everywhere. None of these needs a context.
struct Driver : Library {
  explicit Driver(const std::string& name)
      : Library({"NVIDIA's driver", "ERR_CUDA_UNAVAILABLE", nullptr, 0}, name) {}

  int (*init)(unsigned) = function("cuInit");
  int (*version)(int*) = function("cuDriverGetVersion");
  int (*deviceGet)(int*, int) = function("cuDeviceGet");
  int (*deviceGetName)(char*, int, int) = function("cuDeviceGetName");
  int (*deviceTotalMem)(size_t*, int) = function("cuDeviceTotalMem_v2");
  int (*deviceGetAttribute)(int*, int, int) = function("cuDeviceGetAttribute");
};

// Numbers of CUdevice_attribute.
constexpr int kMultiProcessorCount = 16;
constexpr int kCapabilityMajor = 75;
constexpr int kCapabilityMinor = 76;

// Null on a machine without one: asked for once.
const Driver* driver() {
  static const Driver* const found = []() -> const Driver* {
    try {
      return &opened<Driver>("libcuda.so.1");
    } catch (const CodedError&) {
      return nullptr;
    }
  }();
  return found;
}

Napi::Value cudaDeviceProperties(const Napi::CallbackInfo& info) {
  const auto index = requireDeviceIndex(info, 0);
  const auto found = deviceProperties(index);
  if (!found) {
    throw CodedError(ErrorClass::kTorchError, "ERR_CUDA_UNAVAILABLE",
                     "the CUDA driver tells nothing of device " + std::to_string(index));
  }
  auto result = Napi::Object::New(info.Env());
  result.Set("name", found->name);
  result.Set("major", found->major);
  result.Set("minor", found->minor);
  result.Set("totalMemory", static_cast<double>(found->totalMemory));
  result.Set("multiProcessorCount", found->multiProcessorCount);
  return result;
}

// The newest CUDA version that the driver runs, 13000 for 13.0; 0 without a driver.
Napi::Value cudaDriverVersion(const Napi::CallbackInfo& info) {
  int version = 0;
  if (driver() && driver()->version(&version) != 0) version = 0;
  return Napi::Number::New(info.Env(), version);
}

}  // namespace

std::optional<DeviceProperties> deviceProperties(int index) {
  if (!driver() || driver()->init(0) != 0) return std::nullopt;
  DeviceProperties properties;
  char name[256] = "";
  int device = 0;
  if (driver()->deviceGet(&device, index) != 0 ||
      driver()->deviceGetName(name, sizeof name, device) != 0 ||
      driver()->deviceTotalMem(&properties.totalMemory, device) != 0 ||
      driver()->deviceGetAttribute(&properties.major, kCapabilityMajor, device) != 0 ||
      driver()->deviceGetAttribute(&properties.minor, kCapabilityMinor, device) != 0 ||
      driver()->deviceGetAttribute(&properties.multiProcessorCount, kMultiProcessorCount, device) !=
          0) {
    return std::nullopt;
  }
  properties.name = name;
  return properties;
}

void exportDriver(Environment&, Napi::Object exports) {
  exportFunction<cudaDeviceProperties>(exports, "cudaDeviceProperties");
  exportFunction<cudaDriverVersion>(exports, "cudaDriverVersion");
}

}  // namespace lenet_torch
