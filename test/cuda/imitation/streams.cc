// Streams, events, and captures with their rules.
#include <chrono>
#include <memory>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include "arithmetic.h"
#include "imitation.h"

namespace imitation {
namespace {

struct Capture {
  unsigned long long id;
  cudaStream_t origin;
  cudaStreamCaptureMode mode;
  std::thread::id thread;
  bool isInvalid = false;
  std::vector<std::function<void()>> work;
  // Streams that came in by an event, and those of them that the origin has not waited for since.
  std::set<cudaStream_t> joined;
  std::set<cudaStream_t> unjoined;
};

}  // namespace
}  // namespace imitation

struct CUstream_st {
  int device;
  std::shared_ptr<imitation::Capture> capture;
};

struct CUevent_st {
  int device = 0;
  std::chrono::steady_clock::time_point time;
  std::shared_ptr<imitation::Capture> capture;
  cudaStream_t stream = nullptr;
  bool isTimed = true;
  bool isRecorded = false;
};

struct CUgraph_st {
  std::vector<std::function<void()>> work;
};

struct CUgraphExec_st {
  std::vector<std::function<void()>> work;
};

namespace imitation {
namespace {

std::recursive_mutex mutex;
using Lock = std::lock_guard<std::recursive_mutex>;

std::set<std::shared_ptr<Capture>>& captures() {
  static auto& captures = *new std::set<std::shared_ptr<Capture>>;
  return captures;
}

thread_local cudaStreamCaptureMode threadMode = cudaStreamCaptureModeGlobal;

// Null for the default stream, which cannot be captured.
Capture* captureOf(cudaStream_t stream) {
  return stream == nullptr ? nullptr : stream->capture.get();
}

int deviceOf(cudaStream_t stream) { return stream == nullptr ? currentDevice() : stream->device; }

cudaError_t invalidate(Capture& capture, cudaError_t why) {
  capture.isInvalid = true;
  return done(why);
}

// The host waits: never for a stream that is captured.
cudaError_t wait(cudaStream_t stream) {
  const Lock lock(mutex);
  if (auto* capture = captureOf(stream)) {
    return invalidate(*capture, cudaErrorStreamCaptureUnsupported);
  }
  counts().waits++;
  return done(health());
}

}  // namespace

bool isOfCurrentDevice(cudaStream_t stream) { return deviceOf(stream) == currentDevice(); }

bool isSafe() {
  const Lock lock(mutex);
  for (const auto& capture : captures()) {
    const bool isOwn = capture->thread == std::this_thread::get_id();
    const bool isRefused = threadMode == cudaStreamCaptureModeGlobal
                               ? capture->mode == cudaStreamCaptureModeGlobal ||
                                     (isOwn && capture->mode == cudaStreamCaptureModeThreadLocal)
                               : threadMode == cudaStreamCaptureModeThreadLocal && isOwn &&
                                     capture->mode != cudaStreamCaptureModeRelaxed;
    if (isRefused) {
      capture->isInvalid = true;
      return false;
    }
  }
  return true;
}

cudaError_t enqueue(cudaStream_t stream, std::function<void()> work) {
  const Lock lock(mutex);
  if (auto* capture = captureOf(stream)) {
    if (capture->isInvalid) return cudaErrorStreamCaptureInvalidated;
    capture->work.push_back(std::move(work));
    counts().captured++;
    return cudaSuccess;
  }
  if (health() == cudaSuccess) work();
  return health();
}

}  // namespace imitation

using namespace imitation;

IMITATED cudaError_t cudaStreamCreateWithPriority(cudaStream_t* stream, unsigned, int) {
  *stream = new CUstream_st{currentDevice(), nullptr};
  return done(health());
}

IMITATED cudaError_t cudaStreamCreate(cudaStream_t* stream) {
  return cudaStreamCreateWithPriority(stream, 0, 0);
}

IMITATED cudaError_t cudaStreamDestroy(cudaStream_t stream) {
  delete stream;
  return done();
}

IMITATED cudaError_t cudaDeviceGetStreamPriorityRange(int* least, int* greatest) {
  *least = 0;
  *greatest = -5;
  return done();
}

IMITATED cudaError_t cudaStreamSynchronize(cudaStream_t stream) { return wait(stream); }

// A device is not waited for while any of its streams is captured, by whatever thread.
IMITATED cudaError_t cudaDeviceSynchronize() {
  const Lock lock(mutex);
  for (const auto& capture : captures()) {
    if (deviceOf(capture->origin) == currentDevice()) {
      return invalidate(*capture, cudaErrorStreamCaptureUnsupported);
    }
  }
  return wait(nullptr);
}

IMITATED cudaError_t cudaStreamQuery(cudaStream_t stream) {
  const Lock lock(mutex);
  if (auto* capture = captureOf(stream)) {
    return invalidate(*capture, cudaErrorStreamCaptureUnsupported);
  }
  return done(health());
}

IMITATED cudaError_t cudaStreamAddCallback(cudaStream_t stream, cudaStreamCallback_t callback,
                                           void* data, unsigned) {
  callback(stream, cudaSuccess, data);
  return done();
}

IMITATED cudaError_t cudaEventCreateWithFlags(cudaEvent_t* event, unsigned flags) {
  *event = new CUevent_st;
  (*event)->device = currentDevice();
  (*event)->isTimed = (flags & cudaEventDisableTiming) == 0;
  return done(health());
}

IMITATED cudaError_t cudaEventCreate(cudaEvent_t* event) {
  return cudaEventCreateWithFlags(event, cudaEventDefault);
}

IMITATED cudaError_t cudaEventDestroy(cudaEvent_t event) {
  delete event;
  return done();
}

IMITATED cudaError_t cudaEventRecord(cudaEvent_t event, cudaStream_t stream) {
  const Lock lock(mutex);
  if (event->device != deviceOf(stream)) return done(cudaErrorInvalidResourceHandle);
  event->isRecorded = true;
  event->stream = stream;
  event->time = std::chrono::steady_clock::now();
  event->capture = captureOf(stream) != nullptr ? stream->capture : nullptr;
  return done(health());
}

IMITATED cudaError_t cudaEventRecordWithFlags(cudaEvent_t event, cudaStream_t stream, unsigned) {
  return cudaEventRecord(event, stream);
}

IMITATED cudaError_t cudaEventQuery(cudaEvent_t event) {
  if (!isSafe()) return done(cudaErrorStreamCaptureUnsupported);
  return done(event->capture ? cudaErrorCapturedEvent : health());
}

IMITATED cudaError_t cudaEventSynchronize(cudaEvent_t event) {
  if (!isSafe()) return done(cudaErrorStreamCaptureUnsupported);
  if (event->capture) return done(cudaErrorCapturedEvent);
  return wait(nullptr);
}

IMITATED cudaError_t cudaEventElapsedTime(float* milliseconds, cudaEvent_t start, cudaEvent_t end) {
  if (!start->isTimed || !end->isTimed) return done(cudaErrorInvalidResourceHandle);
  *milliseconds = std::chrono::duration<float, std::milli>(end->time - start->time).count();
  return done(health());
}

IMITATED cudaError_t cudaStreamWaitEvent(cudaStream_t stream, cudaEvent_t event, unsigned) {
  const Lock lock(mutex);
  if (!event->isRecorded) return done();
  auto* own = captureOf(stream);
  if (own != nullptr && own != event->capture.get()) {
    return invalidate(*own, cudaErrorStreamCaptureIsolation);
  }
  const bool isCaptured = event->capture != nullptr && captures().contains(event->capture);
  if (isCaptured && stream == nullptr) {
    return invalidate(*event->capture, cudaErrorStreamCaptureImplicit);
  }
  if (isCaptured && own == nullptr) {
    stream->capture = event->capture;
    event->capture->joined.insert(stream);
    event->capture->unjoined.insert(stream);
  } else if (own != nullptr && stream == own->origin) {
    own->unjoined.erase(event->stream);
  }
  return done(health());
}

IMITATED cudaError_t cudaStreamBeginCapture(cudaStream_t stream, cudaStreamCaptureMode mode) {
  const Lock lock(mutex);
  if (stream == nullptr) return done(cudaErrorStreamCaptureUnsupported);
  if (stream->capture) return done(cudaErrorIllegalState);
  write("capture begins");
  static unsigned long long lastId = 0;
  stream->capture = std::make_shared<Capture>(
      Capture{++lastId, stream, mode, std::this_thread::get_id(), false, {}, {}, {}});
  captures().insert(stream->capture);
  return done(health());
}

IMITATED cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t* graph) {
  const Lock lock(mutex);
  *graph = nullptr;
  const auto capture = stream->capture;
  if (!capture || capture->origin != stream) return done(cudaErrorIllegalState);
  if (capture->mode != cudaStreamCaptureModeRelaxed &&
      capture->thread != std::this_thread::get_id()) {
    return invalidate(*capture, cudaErrorStreamCaptureWrongThread);
  }
  write("capture ends");
  captures().erase(capture);
  stream->capture = nullptr;
  for (auto* other : capture->joined) other->capture = nullptr;
  if (capture->isInvalid) return done(cudaErrorStreamCaptureInvalidated);
  if (!capture->unjoined.empty()) return done(cudaErrorStreamCaptureUnjoined);
  counts().captures++;
  *graph = new CUgraph_st{std::move(capture->work)};
  return done(health());
}

IMITATED cudaError_t cudaStreamIsCapturing(cudaStream_t stream, cudaStreamCaptureStatus* status) {
  const Lock lock(mutex);
  const auto* capture = captureOf(stream);
  *status = capture == nullptr   ? cudaStreamCaptureStatusNone
            : capture->isInvalid ? cudaStreamCaptureStatusInvalidated
                                 : cudaStreamCaptureStatusActive;
  return done();
}

IMITATED cudaError_t cudaStreamGetCaptureInfo(cudaStream_t stream, cudaStreamCaptureStatus* status,
                                              unsigned long long* id, cudaGraph_t* graph,
                                              const cudaGraphNode_t** dependencies,
                                              const cudaGraphEdgeData**, size_t* count) {
  const Lock lock(mutex);
  cudaStreamIsCapturing(stream, status);
  if (const auto* capture = captureOf(stream); capture != nullptr && id != nullptr) {
    *id = capture->id;
  }
  if (graph != nullptr) *graph = nullptr;
  if (dependencies != nullptr) *dependencies = nullptr;
  if (count != nullptr) *count = 0;
  return done();
}

IMITATED cudaError_t imitationEnqueue(cudaStream_t stream, std::function<void()>* work) {
  counts().launches++;
  return done(enqueue(stream, std::move(*work)));
}

IMITATED int imitationIsCaptured(cudaStream_t stream) {
  const Lock lock(mutex);
  return captureOf(stream) != nullptr;
}

IMITATED cudaError_t cudaThreadExchangeStreamCaptureMode(cudaStreamCaptureMode* mode) {
  std::swap(threadMode, *mode);
  return done();
}

IMITATED cudaError_t cudaGraphGetNodes(cudaGraph_t graph, cudaGraphNode_t*, size_t* count) {
  *count = graph->work.size();
  return done();
}

IMITATED cudaError_t cudaGraphNodeGetDependencies(cudaGraphNode_t, cudaGraphNode_t*,
                                                  cudaGraphEdgeData*, size_t* count) {
  *count = 0;
  return done();
}

IMITATED cudaError_t cudaGraphInstantiateWithFlags(cudaGraphExec_t* executable, cudaGraph_t graph,
                                                   unsigned long long) {
  *executable = new CUgraphExec_st{graph->work};
  return done(health());
}

IMITATED cudaError_t cudaGraphLaunch(cudaGraphExec_t executable, cudaStream_t stream) {
  for (const auto& work : executable->work) {
    if (const auto error = enqueue(stream, work); error != cudaSuccess) return done(error);
  }
  counts().graphLaunches++;
  return done(health());
}

IMITATED cudaError_t cudaGraphDestroy(cudaGraph_t graph) {
  delete graph;
  return done();
}

IMITATED cudaError_t cudaGraphExecDestroy(cudaGraphExec_t executable) {
  delete executable;
  return done();
}

IMITATED cudaError_t cudaGraphDebugDotPrint(cudaGraph_t, const char*, unsigned) { return done(); }
