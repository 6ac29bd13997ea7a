// cuBLAS, cuBLASLt and cuDNN as far as training and prediction call them: each call that would
// compute is a launch on its handle's stream.
#include <cstring>
#include <map>
#include <mutex>

#include "imitation.h"

using namespace imitation;

namespace {

struct Handle {
  cudaStream_t stream = nullptr;
};

int create(void** handle) {
  *handle = new Handle;
  return 0;
}

int destroy(void* handle) {
  delete static_cast<Handle*>(handle);
  return 0;
}

int setStream(void* handle, cudaStream_t stream) {
  static_cast<Handle*>(handle)->stream = stream;
  return 0;
}

int launchOn(const char* name, cudaStream_t stream) {
  write(name);
  counts().launches++;
  return enqueue(stream, [] {}) == cudaSuccess ? 0 : 13;
}

int launch(const char* name, void* handle) {
  return launchOn(name, static_cast<Handle*>(handle)->stream);
}

}  // namespace

#define SUCCEEDS(name) \
  IMITATED int name() { return 0; }
#define LAUNCHES(name) \
  IMITATED int name(void* handle) { return launch(#name, handle); }

IMITATED int cublasCreate_v2(void** handle) { return create(handle); }
IMITATED int cublasDestroy_v2(void* handle) { return destroy(handle); }
IMITATED int cublasSetStream_v2(void* handle, cudaStream_t stream) {
  return setStream(handle, stream);
}
SUCCEEDS(cublasSetWorkspace_v2)
SUCCEEDS(cublasSetMathMode)
SUCCEEDS(cublasSetPointerMode_v2)
IMITATED int cublasGetMathMode(void*, int* mode) { return *mode = 0; }
IMITATED int cublasGetPointerMode_v2(void*, int* mode) { return *mode = 0; }
LAUNCHES(cublasSgemm_v2)
LAUNCHES(cublasSgemmEx)
LAUNCHES(cublasGemmEx)
LAUNCHES(cublasSgemmStridedBatched)
LAUNCHES(cublasGemmStridedBatchedEx)
LAUNCHES(cublasSgemv_v2)
LAUNCHES(cublasSdot_v2)
LAUNCHES(cublasDgemm_v2)

IMITATED int cublasLtMatmulDescCreate(void** made) { return create(made); }
IMITATED int cublasLtMatmulDescDestroy(void* made) { return destroy(made); }
IMITATED int cublasLtMatmulPreferenceCreate(void** made) { return create(made); }
IMITATED int cublasLtMatmulPreferenceDestroy(void* made) { return destroy(made); }
IMITATED int cublasLtMatrixLayoutCreate(void** made) { return create(made); }
IMITATED int cublasLtMatrixLayoutDestroy(void* made) { return destroy(made); }
SUCCEEDS(cublasLtMatmulDescSetAttribute)
SUCCEEDS(cublasLtMatmulPreferenceSetAttribute)
SUCCEEDS(cublasLtMatrixLayoutSetAttribute)
IMITATED int cublasLtMatmulAlgoGetHeuristic(void*, void*, void*, void*, void*, void*, void*, int,
                                            void*, int* found) {
  *found = 1;
  return 0;
}
IMITATED int cublasLtMatmul(void*, void*, void*, void*, void*, void*, void*, void*, void*, void*,
                            void*, void*, void*, void*, size_t, cudaStream_t stream) {
  return launchOn("cublasLtMatmul", stream);
}

// cuDNN's graph interface: descriptors of any kind, of which there is one where a number is asked.
IMITATED int cudnnCreate(void** handle) { return create(handle); }
IMITATED int cudnnDestroy(void* handle) { return destroy(handle); }
IMITATED int cudnnSetStream(void* handle, cudaStream_t stream) { return setStream(handle, stream); }
IMITATED int cudnnGetStream(void* handle, cudaStream_t* stream) {
  *stream = static_cast<Handle*>(handle)->stream;
  return 0;
}
IMITATED int cudnnBackendCreateDescriptor(int, void** made) { return create(made); }
IMITATED int cudnnBackendDestroyDescriptor(void* made) { return destroy(made); }
SUCCEEDS(cudnnBackendFinalize)
SUCCEEDS(cudnnBackendSetAttribute)
LAUNCHES(cudnnBackendExecute)
IMITATED int cudnnBackendGetAttribute(void*, int, int type, int64_t asked, int64_t* count,
                                      void* values) {
  constexpr int kInt64 = 3;
  if (count != nullptr) *count = 1;
  if (type == kInt64 && asked > 0 && values != nullptr) *static_cast<int64_t*>(values) = 0;
  return 0;
}
