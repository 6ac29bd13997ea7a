// Kernels: known, counted, and not run; the libraries of kernels likewise.
#include <map>

#include "imitation.h"

using namespace imitation;

namespace {

std::map<const void*, const char*>& names() {
  static auto& names = *new std::map<const void*, const char*>;
  return names;
}

cudaError_t launch(const void* function, cudaStream_t stream) {
  if (hasFault("no-kernels")) return done(cudaErrorNoKernelImageForDevice);
  if (!isOfCurrentDevice(stream)) return done(cudaErrorInvalidResourceHandle);
  const auto found = names().find(function);
  write(found == names().end() ? "a kernel" : found->second);
  counts().launches++;
  return done(enqueue(stream, [] {}));
}

struct Configuration {
  dim3 grid, block;
  size_t shared;
  cudaStream_t stream;
};
thread_local Configuration pushed;

}  // namespace

IMITATED void** __cudaRegisterFatBinary(void*) {
  static void* handle = nullptr;
  return &handle;
}
IMITATED void __cudaRegisterFatBinaryEnd(void**) {}
IMITATED void __cudaUnregisterFatBinary(void**) {}
IMITATED void __cudaRegisterFunction(void**, const char* function, char*, const char* name, int,
                                     uint3*, uint3*, dim3*, dim3*, int*) {
  names()[function] = name;
}
IMITATED void __cudaRegisterVar(void**, char*, char*, const char*, int, size_t, int, int) {}
IMITATED char __cudaInitModule(void**) { return 1; }

IMITATED cudaError_t __cudaGetKernel(cudaKernel_t* kernel, const void* function) {
  *kernel = reinterpret_cast<cudaKernel_t>(const_cast<void*>(function));
  return done();
}

IMITATED unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared,
                                              cudaStream_t stream) {
  pushed = {grid, block, shared, stream};
  return 0;
}

IMITATED cudaError_t __cudaPopCallConfiguration(dim3* grid, dim3* block, size_t* shared,
                                                void* stream) {
  *grid = pushed.grid;
  *block = pushed.block;
  *shared = pushed.shared;
  *static_cast<cudaStream_t*>(stream) = pushed.stream;
  return cudaSuccess;
}

IMITATED cudaError_t __cudaLaunchKernel(cudaKernel_t kernel, dim3, dim3, void**, size_t,
                                        cudaStream_t stream) {
  return launch(kernel, stream);
}

IMITATED cudaError_t cudaLaunchKernel(const void* function, dim3, dim3, void**, size_t,
                                      cudaStream_t stream) {
  return launch(function, stream);
}

IMITATED cudaError_t cudaLaunchCooperativeKernel(const void* function, dim3, dim3, void**, size_t,
                                                 cudaStream_t stream) {
  return launch(function, stream);
}

IMITATED cudaError_t cudaLaunchKernelExC(const cudaLaunchConfig_t* configuration,
                                         const void* function, void**) {
  return launch(function, configuration->stream);
}

IMITATED cudaError_t cudaFuncGetAttributes(cudaFuncAttributes* attributes, const void*) {
  *attributes = {};
  attributes->maxThreadsPerBlock = 1024;
  attributes->numRegs = 32;
  attributes->ptxVersion = attributes->binaryVersion = 90;
  return done();
}

IMITATED cudaError_t cudaFuncSetAttribute(const void*, cudaFuncAttribute, int) { return done(); }

IMITATED cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, const void*, int,
                                                                   size_t) {
  *blocks = 2;
  return done();
}

IMITATED cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int* blocks,
                                                                            const void*, int,
                                                                            size_t, unsigned) {
  *blocks = 2;
  return done();
}
