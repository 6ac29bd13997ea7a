#include "graph.h"

#include <ATen/cuda/CUDAGraph.h>
#include <c10/cuda/CUDAGraphsC10Utils.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/util/Exception.h>
#include <torch/csrc/api/include/torch/version.h>

#include <exception>
#include <string>

#define LENET_CUDA_TEXT(x) #x
#define LENET_CUDA_EXPAND(x) LENET_CUDA_TEXT(x)

namespace {

struct Graph : at::cuda::CUDAGraph {
  void begin(const lenet_cuda_pool& pool, lenet_cuda_capture_mode mode) {
    capture_begin({pool.first, pool.second}, static_cast<cudaStreamCaptureMode>(mode));
    capturing = true;
  }

  void end() {
    capturing = false;
    try {
      capture_end();
    } catch (...) {
      abandon();
      throw;
    }
  }

  // A worker may be terminated in the middle of a capture: the stream goes back to its pool, and
  // must not stay in capture there.
  void endIfCapturing() {
    if (!capturing) return;
    const c10::cuda::CUDAStreamGuard guard(capture_stream_);
    end();
  }

 private:
  // libtorch before 2.12 leaves the allocator in the middle of a capture that went wrong.
  void abandon() {
#if TORCH_VERSION_MINOR < 12
    if (capture_dev_ == UNDEFINED_DEVICE || capture_ended_) return;
    namespace allocator = c10::cuda::CUDACachingAllocator;
    allocator::endAllocateToPool(capture_dev_, mempool_id_);
    allocator::releasePool(capture_dev_, mempool_id_);
#endif
  }

  bool capturing = false;
};

}  // namespace

struct lenet_cuda_graph {
  Graph graph;
};

namespace {

// No exception leaves this library: its caller knows nothing of libtorch's CUDA part.
template <typename Body>
const char* guarded(Body&& body) noexcept {
  static thread_local std::string why;
  try {
    body();
    return nullptr;
  } catch (const c10::Error& error) {
    why = error.what_without_backtrace();
  } catch (const std::exception& error) {
    why = error.what();
  } catch (...) {
    why = "unknown C++ exception";
  }
  return why.c_str();
}

lenet_cuda_pool poolOf(const c10::MempoolId_t& id) { return {id.first, id.second}; }

}  // namespace

int lenet_cuda_abi(void) { return LENET_CUDA_ABI; }

const char* lenet_cuda_built_for(void) {
  return LENET_CUDA_EXPAND(TORCH_VERSION_MAJOR) "." LENET_CUDA_EXPAND(TORCH_VERSION_MINOR);
}

const char* lenet_cuda_graph_new(lenet_cuda_graph** graph) {
  return guarded([&] { *graph = new lenet_cuda_graph(); });
}

void lenet_cuda_graph_delete(lenet_cuda_graph* graph) {
  guarded([&] { graph->graph.endIfCapturing(); });
  guarded([&] { delete graph; });
}

const char* lenet_cuda_graph_capture_begin(lenet_cuda_graph* graph, lenet_cuda_pool pool,
                                           lenet_cuda_capture_mode mode) {
  return guarded([&] { graph->graph.begin(pool, mode); });
}

const char* lenet_cuda_graph_capture_end(lenet_cuda_graph* graph) {
  return guarded([&] { graph->graph.end(); });
}

const char* lenet_cuda_graph_replay(lenet_cuda_graph* graph) {
  return guarded([&] { graph->graph.replay(); });
}

const char* lenet_cuda_graph_reset(lenet_cuda_graph* graph) {
  return guarded([&] { graph->graph.reset(); });
}

const char* lenet_cuda_graph_pool(lenet_cuda_graph* graph, lenet_cuda_pool* pool) {
  return guarded([&] { *pool = poolOf(graph->graph.pool()); });
}

const char* lenet_cuda_pool_handle(lenet_cuda_pool* pool) {
  return guarded([&] { *pool = poolOf(at::cuda::graph_pool_handle()); });
}

const char* lenet_cuda_is_capturing(int* capturing) {
  return guarded([&] {
    const auto status = c10::cuda::currentStreamCaptureStatusMayInitCtx();
    *capturing = status != c10::cuda::CaptureStatus::None;
  });
}
