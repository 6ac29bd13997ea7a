/* CUDA graphs for the addon: a library of its own, since it needs CUDA's headers to compile and
 * libtorch_cuda to load, and the addon does with neither. Plain C interface.
 *
 * Functions that can fail return null, or why they did: the text stays until the thread's next
 * call. */
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define LENET_CUDA_ABI 1

#ifdef LENET_CUDA_BUILD
#define LENET_CUDA_API __attribute__((visibility("default")))
#else
#define LENET_CUDA_API
#endif

typedef struct lenet_cuda_graph lenet_cuda_graph;

/* Memory that captures share; zeros: a pool of the graph's own. */
typedef struct lenet_cuda_pool {
  uint64_t first;
  uint64_t second;
} lenet_cuda_pool;

/* What else may use CUDA during a capture; the numbers are cudaStreamCaptureMode's. */
typedef enum lenet_cuda_capture_mode {
  LENET_CUDA_CAPTURE_GLOBAL = 0,       /* nothing unsafe, in any thread */
  LENET_CUDA_CAPTURE_THREAD_LOCAL = 1, /* nothing unsafe in this thread */
  LENET_CUDA_CAPTURE_RELAXED = 2,      /* whatever it wants */
} lenet_cuda_capture_mode;

LENET_CUDA_API int lenet_cuda_abi(void);

/* The minor version of libtorch that this is compiled for: "2.11". */
LENET_CUDA_API const char* lenet_cuda_built_for(void);

LENET_CUDA_API const char* lenet_cuda_graph_new(lenet_cuda_graph** graph);
LENET_CUDA_API void lenet_cuda_graph_delete(lenet_cuda_graph* graph);

/* On the current stream of the current device, which must not be the default one. */
LENET_CUDA_API const char* lenet_cuda_graph_capture_begin(lenet_cuda_graph* graph,
                                                          lenet_cuda_pool pool,
                                                          lenet_cuda_capture_mode mode);
LENET_CUDA_API const char* lenet_cuda_graph_capture_end(lenet_cuda_graph* graph);

/* On the current stream; does not wait. */
LENET_CUDA_API const char* lenet_cuda_graph_replay(lenet_cuda_graph* graph);
LENET_CUDA_API const char* lenet_cuda_graph_reset(lenet_cuda_graph* graph);
LENET_CUDA_API const char* lenet_cuda_graph_pool(lenet_cuda_graph* graph, lenet_cuda_pool* pool);

/* A new pool, for several graphs. */
LENET_CUDA_API const char* lenet_cuda_pool_handle(lenet_cuda_pool* pool);

/* Whether the current stream is being captured: 1, 0. */
LENET_CUDA_API const char* lenet_cuda_is_capturing(int* capturing);

#ifdef __cplusplus
}
#endif
