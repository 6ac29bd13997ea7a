#include "stream.h"

#include <c10/core/Event.h>

#include <map>
#include <mutex>
#include <vector>

#include "convert.h"
#include "device.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kEventTag = {0x6c656e65742d746fULL, 0x7263682d65766e74ULL};
constexpr napi_type_tag kLeaseTag = {0x6c656e65742d746fULL, 0x7263682d6c656173ULL};

c10::Device deviceArgument(const Napi::CallbackInfo& info, size_t argument) {
  return {c10::DeviceType::CUDA, requireDeviceIndex(info, argument)};
}

// A stream is known to JavaScript by its number, a bigint, and its device's: what c10 packs it
// into.
c10::Stream streamArgument(const Napi::CallbackInfo& info, size_t argument) {
  const auto device = deviceArgument(info, argument);
  int64_t id = 0;
  bool lossless = false;
  if (napi_get_value_bigint_int64(info.Env(), info[argument + 1], &id, &lossless) != napi_ok ||
      !lossless) {
    throwInvalidArgument("stream: expected its number, got " +
                         describe(info.Env(), info[argument + 1]));
  }
  return c10::Stream::unpack3(id, device.index(), device.type());
}

Napi::Value numberOf(const Napi::CallbackInfo& info, const c10::Stream& stream) {
  return Napi::BigInt::New(info.Env(), static_cast<int64_t>(stream.id()));
}

// cudaNewStream(device, isHighPriority): one of the pool of its device.
Napi::Value cudaNewStream(const Napi::CallbackInfo& info) {
  const auto device = deviceArgument(info, 0);
  const bool isHighPriority = info[1].ToBoolean();
  return numberOf(info, requireCuda().getStreamFromGlobalPool(device, isHighPriority));
}

// A stream that one environment has for itself as long as it lives, and the next one afterwards:
// libraries keep tens of megabytes for each stream that they have seen.
class StreamLease {
 public:
  explicit StreamLease(c10::Device device) : device_(device.index()) {
    const std::lock_guard<std::mutex> lock(mutex());
    auto& left = unused()[device_];
    if (left.empty()) left.push_back(requireCuda().getStreamFromGlobalPool(device, false).id());
    id_ = left.back();
    left.pop_back();
  }
  ~StreamLease() {
    const std::lock_guard<std::mutex> lock(mutex());
    unused()[device_].push_back(id_);
  }
  StreamLease(const StreamLease&) = delete;
  StreamLease& operator=(const StreamLease&) = delete;

  c10::StreamId id() const { return id_; }

 private:
  static std::mutex& mutex() {
    static auto& mutex = *new std::mutex;
    return mutex;
  }
  static std::map<c10::DeviceIndex, std::vector<c10::StreamId>>& unused() {
    static auto& unused = *new std::map<c10::DeviceIndex, std::vector<c10::StreamId>>;
    return unused;
  }

  c10::DeviceIndex device_;
  c10::StreamId id_ = 0;
};

// cudaLeaseStream(device): { streamId }, the environment's own until the object is collected.
Napi::Value cudaLeaseStream(const Napi::CallbackInfo& info) {
  auto lease = std::make_unique<StreamLease>(deviceArgument(info, 0));
  const auto number = Napi::BigInt::New(info.Env(), static_cast<int64_t>(lease->id()));
  auto result = wrapOwned(info.Env(), kLeaseTag, std::move(lease));
  result.Set("streamId", number);
  return result;
}

Napi::Value cudaCurrentStream(const Napi::CallbackInfo& info) {
  return numberOf(info, requireCuda().getStream(deviceArgument(info, 0)));
}

Napi::Value cudaDefaultStream(const Napi::CallbackInfo& info) {
  return numberOf(info, requireCuda().getDefaultStream(deviceArgument(info, 0)));
}

// cudaExchangeStream(device, stream): makes it the current one of its device; returns which was.
Napi::Value cudaExchangeStream(const Napi::CallbackInfo& info) {
  return numberOf(info, requireCuda().exchangeStream(streamArgument(info, 0)));
}

Napi::Value cudaQueryStream(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), requireCuda().queryStream(streamArgument(info, 0)));
}

Napi::Value cudaSynchronizeStream(const Napi::CallbackInfo& info) {
  requireCuda().synchronizeStream(streamArgument(info, 0));
  return info.Env().Undefined();
}

c10::Event& eventArgument(const Napi::CallbackInfo& info, size_t argument) {
  return requireOwned<c10::Event>(info, argument, kEventTag, "Event");
}

// cudaNewEvent(enableTiming)
Napi::Value cudaNewEvent(const Napi::CallbackInfo& info) {
  requireCuda();
  const auto flag =
      info[0].ToBoolean() ? c10::EventFlag::BACKEND_DEFAULT : c10::EventFlag::PYTORCH_DEFAULT;
  return wrapOwned(info.Env(), kEventTag,
                   std::make_unique<c10::Event>(c10::DeviceType::CUDA, flag));
}

// cudaRecordEvent(event, device, stream)
Napi::Value cudaRecordEvent(const Napi::CallbackInfo& info) {
  eventArgument(info, 0).record(streamArgument(info, 1));
  return info.Env().Undefined();
}

// cudaWaitEvent(event, device, stream): the stream's later work waits for the event.
Napi::Value cudaWaitEvent(const Napi::CallbackInfo& info) {
  eventArgument(info, 0).block(streamArgument(info, 1));
  return info.Env().Undefined();
}

Napi::Value cudaQueryEvent(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), eventArgument(info, 0).query());
}

Napi::Value cudaSynchronizeEvent(const Napi::CallbackInfo& info) {
  eventArgument(info, 0).synchronize();
  return info.Env().Undefined();
}

// cudaElapsedTime(from, to): milliseconds
Napi::Value cudaElapsedTime(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), eventArgument(info, 0).elapsedTime(eventArgument(info, 1)));
}

}  // namespace

void exportStream(Environment&, Napi::Object exports) {
  exportFunction<cudaNewStream>(exports, "cudaNewStream");
  exportFunction<cudaLeaseStream>(exports, "cudaLeaseStream");
  exportFunction<cudaCurrentStream>(exports, "cudaCurrentStream");
  exportFunction<cudaDefaultStream>(exports, "cudaDefaultStream");
  exportFunction<cudaExchangeStream>(exports, "cudaExchangeStream");
  exportFunction<cudaQueryStream>(exports, "cudaQueryStream");
  exportFunction<cudaSynchronizeStream>(exports, "cudaSynchronizeStream");
  exportFunction<cudaNewEvent>(exports, "cudaNewEvent");
  exportFunction<cudaRecordEvent>(exports, "cudaRecordEvent");
  exportFunction<cudaWaitEvent>(exports, "cudaWaitEvent");
  exportFunction<cudaQueryEvent>(exports, "cudaQueryEvent");
  exportFunction<cudaSynchronizeEvent>(exports, "cudaSynchronizeEvent");
  exportFunction<cudaElapsedTime>(exports, "cudaElapsedTime");
}

}  // namespace lenet_torch
