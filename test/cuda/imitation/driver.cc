// The driver, libcuda.so.1: what native/driver.cc asks, and what libcaffe2_nvrtc wants to be there.
// Without its header, whose functions have types of their own for what are numbers here; 0 is
// success.
#include <cstdio>

#include "imitation.h"

using namespace imitation;

namespace {

constexpr int kInvalidDevice = 101;
constexpr int kNoDevice = 100;

}  // namespace

IMITATED int cuInit(unsigned) { return hasFault("no-driver") ? kNoDevice : 0; }

IMITATED int cuDriverGetVersion(int* version) {
  *version = driverVersion();
  return 0;
}

IMITATED int cuDeviceGet(int* found, int index) {
  *found = index;
  return index >= 0 && index < kDevices ? 0 : kInvalidDevice;
}

IMITATED int cuDeviceGetName(char* name, int length, int) {
  std::snprintf(name, static_cast<size_t>(length), "Imitation");
  return 0;
}

IMITATED int cuDeviceTotalMem_v2(size_t* bytes, int) {
  *bytes = kMemory;
  return 0;
}

IMITATED int cuDeviceGetAttribute(int* value, int which, int) {
  *value = attribute(which);
  return 0;
}

// A context there always is.
IMITATED int cuDevicePrimaryCtxGetState(int, unsigned* flags, int* isActive) {
  *flags = 0;
  *isActive = 1;
  return 0;
}

IMITATED int cuCtxGetCurrent(void** context) {
  static int any = 0;
  *context = &any;
  return 0;
}

#define IS_THERE(name) \
  IMITATED int name() { return 0; }
IS_THERE(cuCtxSetCurrent)
IS_THERE(cuDevicePrimaryCtxRetain)
IS_THERE(cuFuncGetAttribute)
IS_THERE(cuFuncSetAttribute)
IS_THERE(cuFuncSetCacheConfig)
IS_THERE(cuGetErrorString)
IS_THERE(cuLaunchCooperativeKernel)
IS_THERE(cuLaunchKernel)
IS_THERE(cuLinkAddData_v2)
IS_THERE(cuLinkComplete)
IS_THERE(cuLinkCreate_v2)
IS_THERE(cuModuleGetFunction)
IS_THERE(cuModuleLoad)
IS_THERE(cuModuleLoadData)
IS_THERE(cuModuleLoadDataEx)
IS_THERE(cuModuleUnload)
IS_THERE(cuOccupancyMaxActiveBlocksPerMultiprocessor)
IS_THERE(cuPointerGetAttribute)
IS_THERE(cuTensorMapEncodeTiled)
