#include "graph.h"

#include <atomic>
#include <stdexcept>

#include "convert.h"
#include "cuda/graph.h"
#include "device.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "library.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kGraphTag = {0x6c656e65742d746fULL, 0x7263682d67726170ULL};

#define LENET_CUDA_FUNCTIONS(each)                                                  \
  each(built_for) each(graph_new) each(graph_delete) each(graph_capture_begin)      \
      each(graph_capture_end) each(graph_replay) each(graph_reset) each(graph_pool) \
          each(pool_handle) each(is_capturing)

struct CudaLibrary : Library {
  explicit CudaLibrary(const std::string& path)
      : Library({"the library for CUDA graphs", kUnsupported, "lenet_cuda_abi", LENET_CUDA_ABI},
                path) {}

#define LENET_CUDA(name) decltype(&lenet_cuda_##name) name = function("lenet_cuda_" #name);
  LENET_CUDA_FUNCTIONS(LENET_CUDA)
#undef LENET_CUDA
};

std::atomic<const CudaLibrary*> cudaInUse = nullptr;

const CudaLibrary& cuda() {
  if (cudaInUse == nullptr) {
    throw CodedError(ErrorClass::kTorchError, kUnsupported,
                     "the library for CUDA graphs has not been opened");
  }
  return *cudaInUse;
}

// A refusal of libtorch's: its text is judged where all of them are.
void done(const char* why) {
  if (why != nullptr) throw std::runtime_error(why);
}

// openCuda(path): opens the library, once per process; returns the libtorch that it is built for.
Napi::Value openCuda(const Napi::CallbackInfo& info) {
  const std::string path = readString(info.Env(), info[0]);
  if (cudaInUse == nullptr) cudaInUse = &opened<CudaLibrary>(path);
  return Napi::String::New(info.Env(), cuda().built_for());
}

// A graph for as long as JavaScript has it.
struct OwnedGraph {
  ~OwnedGraph() { cuda().graph_delete(graph); }
  lenet_cuda_graph* graph = nullptr;
};

lenet_cuda_graph* graphArgument(const Napi::CallbackInfo& info, size_t argument) {
  return requireOwned<OwnedGraph>(info, argument, kGraphTag, "CUDAGraph").graph;
}

uint64_t wordArgument(const Napi::CallbackInfo& info, size_t argument) {
  uint64_t value = 0;
  bool lossless = false;
  if (napi_get_value_bigint_uint64(info.Env(), info[argument], &value, &lossless) != napi_ok ||
      !lossless) {
    throwInvalidArgument("pool: expected two bigints, got " + describe(info.Env(), info[argument]));
  }
  return value;
}

Napi::Value poolToJavaScript(Napi::Env env, const lenet_cuda_pool& pool) {
  auto result = Napi::Array::New(env, 2);
  result.Set(0U, Napi::BigInt::New(env, pool.first));
  result.Set(1U, Napi::BigInt::New(env, pool.second));
  return result;
}

Napi::Value newGraph(const Napi::CallbackInfo& info) {
  requireCuda();
  auto owned = std::make_unique<OwnedGraph>();
  done(cuda().graph_new(&owned->graph));
  return wrapOwned(info.Env(), kGraphTag, std::move(owned));
}

// graphCaptureBegin(graph, poolFirst, poolSecond, mode)
Napi::Value graphCaptureBegin(const Napi::CallbackInfo& info) {
  const auto mode = parseInteger(info.Env(), info[3]);
  if (!mode || *mode < LENET_CUDA_CAPTURE_GLOBAL || *mode > LENET_CUDA_CAPTURE_RELAXED) {
    throwInvalidArgument("capture mode: expected 0, 1 or 2, got " + describe(info.Env(), info[3]));
  }
  const lenet_cuda_pool pool = {wordArgument(info, 1), wordArgument(info, 2)};
  done(cuda().graph_capture_begin(graphArgument(info, 0), pool,
                                  static_cast<lenet_cuda_capture_mode>(*mode)));
  return info.Env().Undefined();
}

Napi::Value graphCaptureEnd(const Napi::CallbackInfo& info) {
  done(cuda().graph_capture_end(graphArgument(info, 0)));
  return info.Env().Undefined();
}

Napi::Value graphReplay(const Napi::CallbackInfo& info) {
  done(cuda().graph_replay(graphArgument(info, 0)));
  return info.Env().Undefined();
}

Napi::Value graphReset(const Napi::CallbackInfo& info) {
  done(cuda().graph_reset(graphArgument(info, 0)));
  return info.Env().Undefined();
}

Napi::Value graphPool(const Napi::CallbackInfo& info) {
  lenet_cuda_pool pool = {0, 0};
  done(cuda().graph_pool(graphArgument(info, 0), &pool));
  return poolToJavaScript(info.Env(), pool);
}

Napi::Value graphPoolHandle(const Napi::CallbackInfo& info) {
  lenet_cuda_pool pool = {0, 0};
  done(cuda().pool_handle(&pool));
  return poolToJavaScript(info.Env(), pool);
}

Napi::Value isCapturing(const Napi::CallbackInfo& info) {
  int capturing = 0;
  done(cuda().is_capturing(&capturing));
  return Napi::Boolean::New(info.Env(), capturing != 0);
}

}  // namespace

void exportGraph(Environment&, Napi::Object exports) {
  exportFunction<openCuda>(exports, "openCuda");
  exportFunction<newGraph>(exports, "newGraph");
  exportFunction<graphCaptureBegin>(exports, "graphCaptureBegin");
  exportFunction<graphCaptureEnd>(exports, "graphCaptureEnd");
  exportFunction<graphReplay>(exports, "graphReplay");
  exportFunction<graphReset>(exports, "graphReset");
  exportFunction<graphPool>(exports, "graphPool");
  exportFunction<graphPoolHandle>(exports, "graphPoolHandle");
  exportFunction<isCapturing>(exports, "isCapturing");
}

}  // namespace lenet_torch
