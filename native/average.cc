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
    if (isCancelled_) {
      throw CodedError(ErrorClass::kTorchError, "ERR_DISTRIBUTED_CLOSED",
                       "the process group has been closed while gradients were averaged");
    }
    if (error_) std::rethrow_exception(error_);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool isDone_ = false, isCancelled_ = false;
  std::exception_ptr error_;
};

class GroupAverage : public Average {
 public:
  explicit GroupAverage(const OwnedGroup& owned) : group_(owned.require()), size_(owned.size) {}
  ~GroupAverage() override { cancel(); }

  void average(float* values, int64_t count) override {
    // Gloo's own memory: after cancel() it may still write there, for as long as it likes. Once one
    // has been cancelled no other begins, so there is nobody that it could be given to.
    if (!tensor_.defined() || tensor_.numel() != count) {
      tensor_ = at::detail::empty_cpu({count}, at::TensorOptions().dtype(c10::kFloat));
    }
    auto* shared = tensor_.mutable_data_ptr<float>();
    // Before the sum, and by multiplying: the bits are those of PyTorch's DDP. Not by an operator
    // of libtorch's, which would start threads for it, anew for each thread that trains.
    const auto part = static_cast<float>(1.0 / size_);
    std::transform(values, values + count, shared, [part](float value) { return value * part; });
    meeting_->begin();
    start();
    meeting_->wait();
    std::copy_n(shared, count, values);
  }

  void cancel() override {
    meeting_->cancel();
    const std::lock_guard lock(mutex_);
    closeLater(std::move(group_));
  }

 private:
  // Whoever cancels has the group for himself afterwards: a thread that waits for the others must
  // not be the last one to let go of it, for that waits too.
  void start() {
    const std::lock_guard lock(mutex_);
    if (group_ == nullptr) return;
    group_->start(
        {c10d::Operation::kAllReduce, {tensor_}, {}, 0, c10d::Reduction::kSum, 0},
        [meeting = meeting_](std::exception_ptr error, int) { meeting->end(std::move(error)); });
  }

  const std::shared_ptr<Meeting> meeting_ = std::make_shared<Meeting>();
  std::mutex mutex_;  // over group_
  std::shared_ptr<c10d::Group> group_;
  const int size_;
  at::Tensor tensor_;
};

// makeAverage(group)
Napi::Value makeAverage(const Napi::CallbackInfo& info) {
  auto& owned = groupArgument(info, 0);
  AveragePointer average = std::make_shared<GroupAverage>(owned);
  owned.averages.push_back(average);
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
