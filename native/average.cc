#include "average.h"

#include <ATen/EmptyTensor.h>

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <utility>

#include "distributedLibrary.h"
#include "error.h"
#include "function.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kAverageTag = {0x6c656e65742d746fULL, 0x7263682d61766572ULL};

// Where the thread that waits and Gloo's meet; it outlives either.
class Meeting {
 public:
  void begin() {
    const std::lock_guard lock(mutex_);
    if (isCancelled_) throwCancelled();
    isDone_ = false;
  }

  void end(std::exception_ptr error) {
    const std::lock_guard lock(mutex_);
    isDone_ = true;
    error_ = std::move(error);
    changed_.notify_all();
  }

  void cancel() {
    const std::lock_guard lock(mutex_);
    isCancelled_ = true;
    changed_.notify_all();
  }

  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return isDone_ || isCancelled_; });
    if (isCancelled_) throwCancelled();
    if (error_) std::rethrow_exception(error_);
  }

 private:
  [[noreturn]] static void throwCancelled() {
    throw CodedError(ErrorClass::kTorchError, "ERR_DISTRIBUTED_CLOSED",
                     "averaging gradients was cancelled, or the process group has been closed");
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool isDone_ = false, isCancelled_ = false;
  std::exception_ptr error_;
};

class GroupAverage : public Average {
 public:
  explicit GroupAverage(std::shared_ptr<OwnedGroup> group) : group_(std::move(group)) {
    group_->require();
  }

  void average(float* values, int64_t count) override {
    meeting_->begin();
    // Memory of Gloo's own: after cancel() it may go on writing there for as long as it likes.
    if (!tensor_.defined() || tensor_.numel() != count) {
      tensor_ = at::detail::empty_cpu({count}, at::TensorOptions().dtype(c10::kFloat));
    }
    auto* shared = tensor_.mutable_data_ptr<float>();
    // Before the sum, and by multiplying: the bits are those of PyTorch's DDP. Not by an operator
    // of libtorch's, which would start threads for it, anew for each thread that trains.
    const auto part = static_cast<float>(1.0 / group_->size);
    std::transform(values, values + count, shared, [part](float value) { return value * part; });
    start();
    meeting_->wait();
    std::copy_n(shared, count, values);
  }

  void cancel() override { meeting_->cancel(); }

 private:
  void start() {
    const std::lock_guard lock(group_->mutex);
    group_->require()->start(
        {c10d::Operation::kAllReduce, {tensor_}, {}, 0, c10d::Reduction::kSum, 0},
        [meeting = meeting_](std::exception_ptr error, int) { meeting->end(std::move(error)); });
  }

  const std::shared_ptr<Meeting> meeting_ = std::make_shared<Meeting>();
  const std::shared_ptr<OwnedGroup> group_;
  at::Tensor tensor_;
};

// makeAverage(group)
Napi::Value makeAverage(const Napi::CallbackInfo& info) {
  const auto& group = sharedGroupArgument(info, 0);
  AveragePointer average = std::make_shared<GroupAverage>(group);
  group->averages.push_back(average);
  return wrapOwned(info.Env(), kAverageTag, std::make_unique<AveragePointer>(std::move(average)));
}

// cancelAverage(average)
Napi::Value cancelAverage(const Napi::CallbackInfo& info) {
  requireOwned<AveragePointer>(info, 0, kAverageTag, "an average")->cancel();
  return info.Env().Undefined();
}

}  // namespace

AveragePointer averageArgument(const Napi::CallbackInfo& info, size_t argument) {
  if (info[argument].IsUndefined()) return nullptr;
  return requireOwned<AveragePointer>(info, argument, kAverageTag, "an average");
}

void exportAverage(Environment&, Napi::Object exports) {
  exportFunction<makeAverage>(exports, "makeAverage");
  exportFunction<cancelAverage>(exports, "cancelAverage");
}

}  // namespace lenet_torch
