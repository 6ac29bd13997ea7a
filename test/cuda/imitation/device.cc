// Devices: what they are called, what they can do, and how calls end.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "arithmetic.h"
#include "imitation.h"

namespace imitation {
namespace {

thread_local cudaError_t lastError = cudaSuccess;
thread_local int device = 0;

Counts* openCounts() {
  const char* path = std::getenv("IMITATION_COUNTS");
  if (path != nullptr) {
    const int file = open(path, O_RDWR | O_CREAT, 0600);
    if (file >= 0 && ftruncate(file, sizeof(Counts)) == 0) {
      void* mapped = mmap(nullptr, sizeof(Counts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
      close(file);
      if (mapped != MAP_FAILED) return static_cast<Counts*>(mapped);
    }
    std::perror(path);
    std::abort();
  }
  static Counts own{};
  return &own;
}

}  // namespace

int attribute(int which) {
  switch (which) {
    case cudaDevAttrComputeCapabilityMajor:
      return 9;
    case cudaDevAttrComputeCapabilityMinor:
      return 0;
    case cudaDevAttrMultiProcessorCount:
      return 132;
    case cudaDevAttrMaxThreadsPerBlock:
      return 1024;
    case cudaDevAttrMaxSharedMemoryPerBlock:
      return 48 << 10;
    case cudaDevAttrMaxSharedMemoryPerBlockOptin:
      return 227 << 10;
    default:
      return 1;
  }
}

Counts& counts() {
  static Counts& counts = *openCounts();
  return counts;
}

void write(const char* line) {
  static std::FILE* const log = [] {
    const char* path = std::getenv("IMITATION_LOG");
    return path == nullptr ? nullptr : std::fopen(path, "w");
  }();
  if (log == nullptr) return;
  std::fprintf(log, "%s\n", line);
  std::fflush(log);
}

bool hasFault(const char* name) {
  const char* fault = std::getenv("IMITATION_FAULT");
  return fault != nullptr && std::strcmp(fault, name) == 0;
}

cudaError_t done(cudaError_t error) {
  if (error != cudaSuccess) lastError = error;
  return error;
}

namespace {
std::atomic<bool> isLost = false;
}

cudaError_t health() {
  if (hasFault("assertion")) isLost = true;
  return isLost ? cudaErrorAssert : cudaSuccess;
}

int currentDevice() { return device; }

int driverVersion() { return hasFault("old-driver") ? 12040 : kCuda; }

}  // namespace imitation

using namespace imitation;

IMITATED void imitationLoseContext() { isLost = true; }

IMITATED cudaError_t cudaGetLastError() {
  const auto error = lastError;
  lastError = cudaSuccess;
  return health() != cudaSuccess ? health() : error;
}

IMITATED cudaError_t cudaPeekAtLastError() {
  return health() != cudaSuccess ? health() : lastError;
}

IMITATED cudaError_t cudaGetDeviceCount(int* count) {
  *count = 0;
  if (hasFault("no-driver")) return done(cudaErrorNoDevice);
  if (hasFault("old-driver")) return done(cudaErrorInsufficientDriver);
  *count = kDevices;
  return done();
}

IMITATED cudaError_t cudaGetDevice(int* index) {
  *index = device;
  return done();
}

IMITATED cudaError_t cudaSetDevice(int index) {
  if (index < 0 || index >= kDevices) return done(cudaErrorInvalidDevice);
  device = index;
  return done(health());
}

IMITATED cudaError_t cudaGetDeviceProperties(cudaDeviceProp* properties, int index) {
  if (index < 0 || index >= kDevices) return done(cudaErrorInvalidDevice);
  *properties = {};
  std::strcpy(properties->name, "Imitation");
  properties->major = 9;
  properties->minor = 0;
  properties->totalGlobalMem = kMemory;
  properties->multiProcessorCount = 132;
  properties->warpSize = 32;
  properties->maxThreadsPerBlock = 1024;
  properties->maxThreadsPerMultiProcessor = 2048;
  properties->maxBlocksPerMultiProcessor = 32;
  properties->sharedMemPerBlock = 48 << 10;
  properties->sharedMemPerBlockOptin = 227 << 10;
  properties->sharedMemPerMultiprocessor = 228 << 10;
  properties->regsPerBlock = properties->regsPerMultiprocessor = 65536;
  properties->l2CacheSize = 50 << 20;
  properties->maxThreadsDim[0] = properties->maxThreadsDim[1] = 1024;
  properties->maxThreadsDim[2] = 64;
  properties->maxGridSize[0] = 2147483647;
  properties->maxGridSize[1] = properties->maxGridSize[2] = 65535;
  properties->concurrentKernels = properties->unifiedAddressing = 1;
  return done();
}

IMITATED cudaError_t cudaDeviceGetAttribute(int* value, cudaDeviceAttr which, int) {
  *value = attribute(which);
  return done();
}

IMITATED cudaError_t cudaDeviceGetPCIBusId(char* text, int length, int index) {
  std::snprintf(text, static_cast<size_t>(length), "0000:%02x:00.0", index);
  return done();
}

IMITATED cudaError_t cudaDeviceCanAccessPeer(int* can, int, int) {
  *can = 1;
  return done();
}

IMITATED cudaError_t cudaDeviceEnablePeerAccess(int, unsigned) { return done(); }

IMITATED cudaError_t cudaDriverGetVersion(int* version) {
  *version = driverVersion();
  return done();
}

IMITATED cudaError_t cudaRuntimeGetVersion(int* version) {
  *version = kCuda;
  return done();
}

// What libtorch looks up in the driver only has to be there.
IMITATED cudaError_t cudaGetDriverEntryPointByVersion(const char*, void** function, unsigned,
                                                      unsigned long long,
                                                      cudaDriverEntryPointQueryResult* result) {
  *function = reinterpret_cast<void*>(+[] { return 0; });
  if (result != nullptr) *result = cudaDriverEntryPointSuccess;
  return done();
}

// Texts as CUDA's own.
IMITATED const char* cudaGetErrorString(cudaError_t error) {
  switch (error) {
    case cudaSuccess:
      return "no error";
    case cudaErrorMemoryAllocation:
      return "out of memory";
    case cudaErrorInsufficientDriver:
      return "CUDA driver version is insufficient for CUDA runtime version";
    case cudaErrorNoDevice:
      return "no CUDA-capable device is detected";
    case cudaErrorInvalidDevice:
      return "invalid device ordinal";
    case cudaErrorNoKernelImageForDevice:
      return "no kernel image is available for execution on the device";
    case cudaErrorAssert:
      return "device-side assert triggered";
    case cudaErrorInvalidValue:
      return "invalid argument";
    case cudaErrorInvalidResourceHandle:
      return "invalid resource handle";
    case cudaErrorNotReady:
      return "device not ready";
    case cudaErrorStreamCaptureUnsupported:
      return "operation not permitted when stream is capturing";
    case cudaErrorStreamCaptureInvalidated:
      return "operation failed due to a previous error during capture";
    case cudaErrorStreamCaptureIsolation:
      return "dependency created on uncaptured work in another stream";
    case cudaErrorStreamCaptureImplicit:
      return "operation would make the legacy stream depend on a capturing blocking stream";
    case cudaErrorStreamCaptureUnjoined:
      return "capturing stream has unjoined work";
    case cudaErrorStreamCaptureWrongThread:
      return "attempt to terminate a thread-local capture sequence from another thread";
    case cudaErrorCapturedEvent:
      return "operation not permitted on an event last recorded in a capturing stream";
    default:
      return "unknown error";
  }
}

IMITATED const char* cudaGetErrorName(cudaError_t error) {
  return error == cudaSuccess ? "cudaSuccess" : "cudaErrorImitated";
}
