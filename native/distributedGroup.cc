// Groups of processes: collectives, and what data parallel training asks of them.
#include <ATen/Parallel.h>
#include <c10/core/StreamGuard.h>
#include <torch/csrc/autograd/autograd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "convert.h"
#include "device.h"
#include "distributedLibrary.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "mailbox.h"
#include "tensor.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kGroupTag = {0x6c656e65742d746fULL, 0x7263682d67726f75ULL};
constexpr napi_type_tag kReducerTag = {0x6c656e65742d746fULL, 0x7263682d72656475ULL};

using ReducerPointer = std::shared_ptr<c10d::Reducer>;

std::vector<at::Tensor> tensors(const Napi::CallbackInfo& info, size_t argument) {
  const auto array = info[argument].As<Napi::Array>();
  std::vector<at::Tensor> result;
  for (uint32_t i = 0; i < array.Length(); i++) {
    result.push_back(unwrapTensor(Environment::of(info.Env()), array.Get(i), "a tensor").tensor);
  }
  return result;
}

// openGroup(store, rank, size, address, timeout, ncclStore?, device) → promise: with the last two
// also over NCCL, which has been opened.
Napi::Value openGroup(const Napi::CallbackInfo& info) {
  c10d::GroupOptions options;
  options.store = storeArgument(info, 0);
  options.rank = static_cast<int>(requireInteger(info, 1));
  options.size = static_cast<int>(requireInteger(info, 2));
  options.address = readString(info.Env(), info[3]);
  options.timeout = c10d::Milliseconds(requireInteger(info, 4));
  if (!info[5].IsUndefined()) {
    options.nccl = nccl();
    options.ncclStore = storeArgument(info, 5);
    options.device = requireDeviceIndex(info, 6);
  }
  return runDetached(Environment::of(info.Env()), [options]() -> Result {
    const std::shared_ptr<c10d::Group> group = distributed().openGroup(options);
    return [group, size = options.size](napi_env env) { return wrapGroup(env, group, size); };
  });
}

// closeGroup(group, forGood, hasFailed): its connections end, and so does whatever waits at the
// other ends. With `forGood` false it is only forgotten: one of its threads has stopped for ever.
Napi::Value closeGroup(const Napi::CallbackInfo& info) {
  auto& owned = groupArgument(info, 0);
  auto group = [&] {
    const std::lock_guard lock(owned.mutex);
    return std::exchange(owned.group, nullptr);
  }();
  if (!info[1].ToBoolean()) new std::shared_ptr<c10d::Group>(group);
  for (const auto& each : std::exchange(owned.averages, {})) {
    if (const auto average = each.lock()) average->cancel();
  }
  const bool hasFailed = info[2].ToBoolean();
  return runDetached(Environment::of(info.Env()), [group = std::move(group), hasFailed]() mutable {
    if (hasFailed) group->abandon();
    group.reset();
    return nothing();
  });
}

// collective(group, operation, inputs, outputs, rank, reduction, tag) → promise of the rank that
// sent, or −1
Napi::Value collective(const Napi::CallbackInfo& info) {
  auto group = groupArgument(info, 0).require();
  c10d::Collective call{static_cast<c10d::Operation>(requireInteger(info, 1)),
                        tensors(info, 2),
                        tensors(info, 3),
                        static_cast<int>(requireInteger(info, 4)),
                        static_cast<c10d::Reduction>(requireInteger(info, 5)),
                        static_cast<int>(requireInteger(info, 6))};
  auto [answer, promise] = Answer::expectedBy(Environment::of(info.Env()));
  try {
    group->start(call, [answer = answer](std::exception_ptr error, int source) {
      if (error) return answer->reject(std::move(error));
      answer->resolve([source](napi_env env) { return Napi::Number::New(env, source); });
    });
  } catch (...) {
    answer->reject(std::current_exception());
  }
  return promise;
}

// groupMonitoredBarrier(group, timeout, waitForAll) → promise
Napi::Value groupMonitoredBarrier(const Napi::CallbackInfo& info) {
  auto group = groupArgument(info, 0).require();
  const auto timeout = c10d::Milliseconds(requireInteger(info, 1));
  const bool waitForAll = info[2].ToBoolean();
  return runDetached(Environment::of(info.Env()), [=] {
    group->monitoredBarrier(timeout, waitForAll);
    return nothing();
  });
}

Napi::Value groupSetTimeout(const Napi::CallbackInfo& info) {
  groupArgument(info, 0).require()->setTimeout(c10d::Milliseconds(requireInteger(info, 1)));
  return info.Env().Undefined();
}

// groupLabels(group, key, label, mark) → string[]: waits for those that are asked.
Napi::Value groupLabels(const Napi::CallbackInfo& info) {
  const auto labels = groupArgument(info, 0).require()->labels(readString(info.Env(), info[1]),
                                                               readString(info.Env(), info[2]),
                                                               readString(info.Env(), info[3]));
  auto result = Napi::Array::New(info.Env(), labels.size());
  for (uint32_t i = 0; i < labels.size(); i++) {
    result.Set(i, Napi::String::New(info.Env(), labels[i]));
  }
  return result;
}

// groupVerifyParameters(group, parameters): waits for all ranks.
Napi::Value groupVerifyParameters(const Napi::CallbackInfo& info) {
  groupArgument(info, 0).require()->verifyParameters(tensors(info, 1));
  return info.Env().Undefined();
}

// groupBroadcast(group, tensors, root): waits for the root.
Napi::Value groupBroadcast(const Napi::CallbackInfo& info) {
  groupArgument(info, 0).require()->broadcastCoalesced(tensors(info, 1),
                                                       static_cast<int>(requireInteger(info, 2)));
  return info.Env().Undefined();
}

// makeReducer(group, parameters, names, bucketBytes, firstBucketBytes, findUnused,
// gradientAsBucketView)
Napi::Value makeReducer(const Napi::CallbackInfo& info) {
  const auto& group = groupArgument(info, 0).require();
  c10d::ReducerOptions options;
  options.parameters = tensors(info, 1);
  const auto names = info[2].As<Napi::Array>();
  for (uint32_t i = 0; i < names.Length(); i++) {
    options.names.push_back(readString(info.Env(), names.Get(i)));
  }
  options.bucketBytes = requireInteger(info, 3);
  options.firstBucketBytes = requireInteger(info, 4);
  options.findUnused = info[5].ToBoolean();
  options.gradientAsBucketView = info[6].ToBoolean();
  return wrapOwned(info.Env(), kReducerTag,
                   std::make_unique<ReducerPointer>(group->makeReducer(options)));
}

ReducerPointer reducerArgument(const Napi::CallbackInfo& info) {
  return requireOwned<ReducerPointer>(info, 0, kReducerTag, "a reducer");
}

// { dividesByInitialSize, throwsEarly }, or undefined outside of a join.
std::optional<c10d::Joining> joining(const Napi::Value& value) {
  if (value.IsUndefined()) return std::nullopt;
  const auto given = value.As<Napi::Object>();
  return c10d::Joining{given.Get("dividesByInitialSize").ToBoolean(),
                       given.Get("throwsEarly").ToBoolean()};
}

// reducerForward(reducer, records, averages, buffers, joining): before a forward pass. False where
// all ranks are to throw.
Napi::Value reducerForward(const Napi::CallbackInfo& info) {
  const bool goesOn = reducerArgument(info)->prepareForward(
      {info[1].ToBoolean(), info[2].ToBoolean(), tensors(info, 3), joining(info[4])});
  return Napi::Boolean::New(info.Env(), goesOn);
}

// reducerBackward(reducer, outputs): after it.
Napi::Value reducerBackward(const Napi::CallbackInfo& info) {
  reducerArgument(info)->prepareBackward(tensors(info, 1));
  return info.Env().Undefined();
}

// reducerShadow(reducer, joining, parameters, buffers, hasNewBuffers) → promise of { passes,
// hasNewBuffers, isEarly }
Napi::Value reducerShadow(const Napi::CallbackInfo& info) {
  const auto reducer = reducerArgument(info);
  const c10d::Joining given = joining(info[1]).value();
  const c10d::ModelState state{tensors(info, 2), tensors(info, 3), info[4].ToBoolean()};
  return runDetached(Environment::of(info.Env()), [=]() -> Result {
    const auto known = reducer->shadow(given, state);
    return [known](napi_env env) {
      auto result = Napi::Object::New(env);
      result.Set("passes", static_cast<double>(known.passes));
      result.Set("hasNewBuffers", known.hasNewBuffers);
      result.Set("isEarly", known.isEarly);
      return result;
    };
  });
}

// One thread per process for backward passes: with threads of its own for operators, as every
// thread that calls them has, so there must not be many.
class BackwardThread {
 public:
  static BackwardThread& instance() {
    static auto& thread = *new BackwardThread;
    return thread;
  }

  void run(std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    queue_.push_back(std::move(work));
    if (!started_) std::thread([this] { serve(); }).detach();
    started_ = true;
    wake_.notify_one();
  }

  // When the passes before have ended.
  void runAfter(std::function<void()> work) {
    {
      const std::lock_guard lock(mutex_);
      if (started_) {
        queue_.push_back(std::move(work));
        return wake_.notify_one();
      }
    }
    work();
  }

 private:
  [[noreturn]] void serve() {
    at::init_num_threads();
    std::unique_lock lock(mutex_);
    while (true) {
      wake_.wait(lock, [this] { return !queue_.empty(); });
      const auto work = std::move(queue_.front());
      queue_.pop_front();
      lock.unlock();
      work();
      lock.lock();
    }
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  bool started_ = false;
};

// backwardLater(loss, threads) → promise: where gradients are averaged meanwhile, a backward pass
// waits for others, and JavaScript's thread must not.
Napi::Value backwardLater(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const auto loss = unwrapTensor(environment, info[0], "loss").tensor;
  const auto threads = static_cast<int>(requireInteger(info, 1));
  // Where this thread's work on the GPU goes, the next thing that it asks for waits for.
  std::optional<c10::Stream> stream;
  if (loss.is_cuda()) stream = requireCuda().getStream(loss.device());
  auto [answer, promise] = Answer::expectedBy(environment);
  BackwardThread::instance().run([answer = answer, loss, threads, stream] {
    try {
      const c10::OptionalStreamGuard guard(stream);
      if (at::get_num_threads() != threads) at::set_num_threads(threads);
      torch::autograd::backward({loss}, {});
      answer->resolve(nothing());
    } catch (...) {
      answer->reject(std::current_exception());
    }
  });
  return promise;
}

// closeReducer(reducer): when the backward passes that are under way have ended, which use it.
Napi::Value closeReducer(const Napi::CallbackInfo& info) {
  const auto& reducer = requireOwned<ReducerPointer>(info, 0, kReducerTag, "a reducer");
  BackwardThread::instance().runAfter([reducer] { reducer->close(); });
  return info.Env().Undefined();
}

}  // namespace

OwnedGroup::~OwnedGroup() {
  try {
    std::thread([last = std::move(group)]() mutable { last.reset(); }).detach();
  } catch (...) {
    // No thread to be had: whatever was under way is waited for here.
  }
}

const std::shared_ptr<c10d::Group>& OwnedGroup::require() const {
  if (group != nullptr) return group;
  throw CodedError(ErrorClass::kTorchError, "ERR_DISTRIBUTED_CLOSED",
                   "the process group has been destroyed");
}

const std::shared_ptr<OwnedGroup>& sharedGroupArgument(const Napi::CallbackInfo& info,
                                                       size_t argument) {
  return requireOwned<std::shared_ptr<OwnedGroup>>(info, argument, kGroupTag, "a process group");
}

OwnedGroup& groupArgument(const Napi::CallbackInfo& info, size_t argument) {
  return *sharedGroupArgument(info, argument);
}

Napi::Value wrapGroup(Napi::Env env, std::shared_ptr<c10d::Group> group, int size) {
  auto owned = std::make_shared<OwnedGroup>();
  owned->group = std::move(group);
  owned->size = size;
  return wrapOwned(env, kGroupTag, std::make_unique<std::shared_ptr<OwnedGroup>>(std::move(owned)));
}

void exportDistributedGroup(Environment&, Napi::Object exports) {
  exportFunction<openGroup>(exports, "openGroup");
  exportFunction<closeGroup>(exports, "closeGroup");
  exportFunction<collective>(exports, "collective");
  exportFunction<groupMonitoredBarrier>(exports, "groupMonitoredBarrier");
  exportFunction<groupSetTimeout>(exports, "groupSetTimeout");
  exportFunction<groupLabels>(exports, "groupLabels");
  exportFunction<groupVerifyParameters>(exports, "groupVerifyParameters");
  exportFunction<groupBroadcast>(exports, "groupBroadcast");
  exportFunction<makeReducer>(exports, "makeReducer");
  exportFunction<reducerForward>(exports, "reducerForward");
  exportFunction<reducerBackward>(exports, "reducerBackward");
  exportFunction<reducerShadow>(exports, "reducerShadow");
  exportFunction<closeReducer>(exports, "closeReducer");
  exportFunction<backwardLater>(exports, "backwardLater");
}

}  // namespace lenet_torch
