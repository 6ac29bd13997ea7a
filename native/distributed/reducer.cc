#include "reducer.h"

#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>

#include <limits>
#include <mutex>
#include <torch/csrc/distributed/c10d/comm.hpp>

#include "compat.h"

namespace lenet_distributed {
namespace {

using GroupPointer = c10::intrusive_ptr<c10d::ProcessGroup>;

// Python's `broadcast_bucket_size`.
constexpr size_t kBroadcastBytes = size_t{250} << 20;

c10::intrusive_ptr<c10d::Work> sum(c10d::ProcessGroup& group, at::Tensor tensor) {
  std::vector<at::Tensor> tensors{std::move(tensor)};
  return group.allreduce(tensors);
}

// The sum of what the ranks say, float32 as in Python.
double sumNow(c10d::ProcessGroup& group, double value) {
  const auto tensor = at::full({1}, value, at::kFloat);
  sum(group, tensor)->wait();
  return tensor.item<double>();
}

const torch::autograd::Node* accumulatorOf(const at::Tensor& parameter) {
  return torch::autograd::impl::try_get_grad_accumulator(parameter).get();
}

// The largest among the ranks that stand for it.
int commonRank(c10d::ProcessGroup& group, bool stands) {
  std::vector<at::Tensor> tensors{at::full({1}, stands ? group.getRank() : -1, at::kLong)};
  c10d::AllreduceOptions options;
  options.reduceOp = c10d::ReduceOp::MAX;
  group.allreduce(tensors, options)->wait();
  const auto rank = tensors[0].item<int64_t>();
  TORCH_CHECK(rank >= 0, "no rank has a model for the others");
  return static_cast<int>(rank);
}

// Which operations there are in a pass, and in which order, is that of Python's: in prepareForward
// `_pre_forward`, in shadow `Join.__exit__` and DDP's join hooks.
class KnownReducer : public Reducer {
 public:
  KnownReducer(std::unique_ptr<c10d::Reducer> reducer, GroupPointer group,
               const ReducerOptions& options)
      : reducer_(std::move(reducer)),
        group_(std::move(group)),
        parameters_(options.parameters),
        findsUnused_(options.findUnused) {
    for (const auto& each : parameters_) accumulators_.push_back(accumulatorOf(each));
  }

  bool prepareForward(const Pass& pass) override {
    const auto group = this->group();
    if (pass.averages) requireHooks();
    if (pass.averages) reducer_->prepare_for_forward();
    if (pass.joining && !notify(*group, *pass.joining)) return false;
    if (pass.records) reducer_->rebuild_buckets();
    if (!pass.buffers.empty()) {
      const int root = pass.joining ? commonRank(*group, true) : 0;
      broadcastCoalesced(group, pass.buffers, root);
    }
    // Nobody here waits for the sum: it is for ranks without batches.
    if (pass.joining) sum(*group, at::full({1}, pass.averages ? 1 : 0, at::kFloat));
    return true;
  }

  void prepareBackward(const std::vector<at::Tensor>& outputs) override {
    reducer_->prepare_for_backward(outputs);
  }

  Shadowed shadow(const Joining& joining, const ModelState& state) override {
    const auto group = this->group();
    Shadowed result;
    result.hasNewBuffers = state.hasNewBuffers;
    while (sumNow(*group, 0) != 0) {
      if (joining.throwsEarly) {
        sumNow(*group, 1);
        result.isEarly = true;
        return result;
      }
      shadowPass(group, state.buffers, result);
      result.passes++;
    }
    auto tensors = state.parameters;
    tensors.insert(tensors.end(), state.buffers.begin(), state.buffers.end());
    broadcastCoalesced(group, tensors, commonRank(*group, result.passes == 0));
    return result;
  }

  // Not by taking the hooks away: gradients would stay this rank's own, and nobody would notice.
  void close() override {
    const auto closed = group();
    auto none = c10::make_intrusive<c10d::ProcessGroup>(closed->getRank(), closed->getSize());
    reducer_->update_process_group(none);
    const std::lock_guard lock(mutex_);
    group_ = std::move(none);
  }

 private:
  GroupPointer group() {
    const std::lock_guard lock(mutex_);
    return group_;
  }

  // A parameter that is converted gets another accumulator, without c10d's hook: its gradient would
  // stay this rank's own.
  void requireHooks() const {
    for (size_t i = 0; i < parameters_.size(); i++) {
      TORCH_CHECK(accumulatorOf(parameters_[i]) == accumulators_[i], "parameter ", i,
                  " has been converted since the reducer was made");
    }
  }

  bool notify(c10d::ProcessGroup& group, const Joining& joining) {
    const auto ones = at::ones({1}, at::kFloat);
    reducer_->set_forward_pass_work_handle(sum(group, ones), joining.dividesByInitialSize);
    return !joining.throwsEarly || sumNow(group, 0) == 0;
  }

  void shadowPass(const GroupPointer& group, const std::vector<at::Tensor>& buffers,
                  Shadowed& result) {
    reducer_->rebuild_buckets();
    if (result.hasNewBuffers && !buffers.empty()) {
      broadcastCoalesced(group, buffers, commonRank(*group, false));
    }
    result.hasNewBuffers = sumNow(*group, 0) != 0;
    if (!result.hasNewBuffers) return;
    std::vector<c10::intrusive_ptr<c10::ivalue::Future>> sums;
    auto buckets = reducer_->get_grad_buckets(/*return_zero_tensors=*/true);
    for (auto& bucket : buckets) sums.push_back(reducer_->run_comm_hook(bucket));
    for (const auto& each : sums) each->waitAndThrow();
    // Python's sends what is left from the pass before: what was used then would count as used.
    if (findsUnused_) sum(*group, reducer_->get_local_used_map_on_device().zero_())->wait();
    reducer_->push_rebuilt_params_for_all_indices();
  }

  const std::unique_ptr<c10d::Reducer> reducer_;
  std::mutex mutex_;  // over the group: a rank that shadows is on a thread of its own
  GroupPointer group_;
  const std::vector<at::Tensor> parameters_;
  std::vector<const torch::autograd::Node*> accumulators_;  // which c10d's reducer keeps
  const bool findsUnused_;
};

}  // namespace

void broadcastCoalesced(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                        const std::vector<at::Tensor>& tensors, int root) {
  if (tensors.empty()) return;
  const at::NoGradGuard guard;
  c10d::broadcast_coalesced(group, tensors, kBroadcastBytes, root);
}

// As torch/nn/parallel/distributed.py makes it: one bucket for all until the order is known in
// which gradients come, since sums in another order than on other ranks would be of the wrong
// parameters.
std::unique_ptr<Reducer> makeReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                                     const ReducerOptions& options) {
  const std::vector<bool> sparse(options.parameters.size(), false);
  std::vector<size_t> limits{std::numeric_limits<int64_t>::max()};
  if (options.findUnused) {
    limits = {static_cast<size_t>(options.firstBucketBytes),
              static_cast<size_t>(options.bucketBytes)};
  }
  auto [buckets, _] = c10d::compute_bucket_assignment_by_size(options.parameters, limits, sparse);
  std::reverse(buckets.begin(), buckets.end());
  std::unordered_map<size_t, std::string> names;
  for (size_t i = 0; i < options.names.size(); i++) names[i] = options.names[i];
  auto reducer = reducerOf<c10d::Reducer>(
      options.parameters, buckets, group, sparse, options.bucketBytes, options.findUnused,
      options.gradientAsBucketView, names, options.firstBucketBytes);
  return std::make_unique<KnownReducer>(std::move(reducer), group, options);
}

}  // namespace lenet_distributed
