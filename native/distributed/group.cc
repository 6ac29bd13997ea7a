#include "group.h"

#include <ATen/core/ivalue.h>

#include <atomic>
#include <thread>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <utility>

#include "../cuda/nccl/interface.h"
#include "compat.h"
#include "gloo.h"
#include "reducer.h"
#include "store.h"

namespace lenet_distributed {
namespace {

c10d::ReduceOp::RedOpType reduceOp(Reduction reduction) {
  switch (reduction) {
    case Reduction::kSum:
      return c10d::ReduceOp::SUM;
    case Reduction::kAverage:
      return c10d::ReduceOp::AVG;
    case Reduction::kProduct:
      return c10d::ReduceOp::PRODUCT;
    case Reduction::kMin:
      return c10d::ReduceOp::MIN;
    case Reduction::kMax:
      return c10d::ReduceOp::MAX;
    case Reduction::kBand:
      return c10d::ReduceOp::BAND;
    case Reduction::kBor:
      return c10d::ReduceOp::BOR;
    case Reduction::kBxor:
      return c10d::ReduceOp::BXOR;
  }
  TORCH_CHECK(false, "unknown reduction");
}

// The thread is not joined: nothing could end it.
void waitFor(c10::intrusive_ptr<c10d::Work> work, bool tellsSource, Done done) {
  std::thread([work = std::move(work), tellsSource, done = std::move(done)]() mutable {
    std::exception_ptr error;
    int source = -1;
    try {
      work->wait();
      if (tellsSource) source = work->sourceRank();
    } catch (...) {
      error = std::current_exception();
    }
    work.reset();
    done(error, source);
  }).detach();
}

c10::intrusive_ptr<c10::ivalue::Future> futureOf(c10d::Work& work) {
  try {
    return work.getFuture();
  } catch (const c10::Error&) {
    return nullptr;  // of sending, receiving and, in some versions, reduce_scatter there is none
  }
}

// The future's callbacks run on the thread of Gloo's that did the work: nobody waits for it.
void whenDone(c10::intrusive_ptr<c10d::Work> work, Done done) {
  const auto future = futureOf(*work);
  if (future == nullptr) return waitFor(std::move(work), false, std::move(done));
  future->addCallback([done = std::move(done)](c10::ivalue::Future& known) {
    done(known.hasError() ? known.exception_ptr() : nullptr, -1);
  });
}

// One tensor for all ranks is a row of parts, whatever its shape.
void flatten(std::vector<at::Tensor>& tensors) {
  for (auto& tensor : tensors) tensor = tensor.view({-1});
}

template <typename Options>
Options rooted(int root) {
  Options options;
  options.rootRank = root;
  return options;
}

bool isOnCuda(const std::vector<at::Tensor>& tensors) {
  return !tensors.empty() && tensors[0].is_cuda();
}

class KnownGroup : public Group {
 public:
  explicit KnownGroup(const GroupOptions& options)
      : size_(options.size),
        rank_(options.rank),
        store_(storeOf(options.store)),
        gloo_(openGloo(options)),
        group_(c10::make_intrusive<c10d::ProcessGroup>(storeOf(options.store), options.rank,
                                                       options.size)) {
    using Type = c10d::ProcessGroup::BackendType;
    group_->setBackend(c10::DeviceType::CPU, Type::GLOO, gloo_);
    group_->setDefaultBackend(Type::GLOO);
    if (options.nccl == nullptr) return;
    nccl_ = options.nccl->open(
        {storeOf(options.ncclStore), options.rank, options.size, options.timeout, options.device});
    group_->setBackend(c10::DeviceType::CUDA, Type::NCCL, nccl_);
  }

  // Gloo's connections end first: the other ranks hear of it, and NCCL may wait for them.
  ~KnownGroup() override {
    group_.reset();
    gloo_.reset();
    if (nccl_ == nullptr || isAbandoned_) return;
    try {
      nccl_->shutdown();
    } catch (const std::exception&) {
      // A rank that has failed: who waited for it has been told.
    }
  }

  void start(const Collective& collective, Done done) override {
    if (isOnCuda(collective.inputs) || isOnCuda(collective.outputs)) {
      startOnCuda(collective);
      // Receiving says from whom; from anybody is not among what NCCL can.
      return done(nullptr, collective.rank);
    }
    const auto& [operation, given, wanted, rank, reduction, tag] = collective;
    std::vector<at::Tensor> inputs = given, outputs = wanted;
    if (operation == Operation::kSend) {
      return waitFor(gloo_->send(inputs, rank, tag), false, std::move(done));
    }
    if (operation == Operation::kReceive) {
      auto work = rank < 0 ? gloo_->recvAnysource(outputs, tag) : gloo_->recv(outputs, rank, tag);
      return waitFor(std::move(work), true, std::move(done));
    }
    auto sums = reduction;
    // Gloo has no average. Before the sum, and by multiplying: the bits are those of Python's DDP.
    if (reduction == Reduction::kAverage) {
      for (auto& tensor : inputs) tensor.mul_(1.0 / size_);
      sums = Reduction::kSum;
    }
    whenDone(startCollective(*gloo_, operation, inputs, outputs, rank, sums), std::move(done));
  }

  void abandon() override {
    if (nccl_ == nullptr || isAbandoned_.exchange(true)) return;
    try {
      nccl_->abort();
    } catch (const std::exception&) {
      // What it failed of is told already.
    }
  }

  void monitoredBarrier(Milliseconds timeout, bool waitForAll) override {
    c10d::BarrierOptions options;
    options.timeout = timeout;
    gloo_->monitoredBarrier(options, waitForAll);
  }

  void setTimeout(Milliseconds timeout) override {
    gloo_->setTimeout(timeout);
    if (nccl_ != nullptr) nccl_->setTimeout(timeout);
  }

  std::vector<std::string> labels(const std::string& key, const std::string& label,
                                  const std::string& mark) override {
    const auto at = [](const std::string& name, int rank) {
      return name + "/" + std::to_string(rank);
    };
    std::vector<std::string> result(size_);
    std::vector<std::string> marks;
    for (int rank = 0; rank < size_; rank++) marks.push_back(at(mark, rank));
    // The store does not tell of a rank that has ended; its connections do.
    if (store_->check(marks)) gloo_->barrier()->wait();
    const auto ask = [&](int rank) {
      if (store_->check({marks[rank]})) result[rank] = store_->get_to_str(at(key, rank));
    };
    // The first rank answers last: until then the others wait for the slowest, however late.
    if (rank_ != 0) store_->set(at(key, rank_), label);
    if (rank_ != 0) ask(0);
    for (int rank = 1; rank < size_ && rank_ == 0; rank++) ask(rank);
    if (rank_ == 0) store_->set(at(key, rank_), label);
    return result;
  }

  void verifyParameters(const std::vector<at::Tensor>& parameters) override {
    c10d::verify_params_across_processes(group_, parameters, std::nullopt);
  }

  void broadcastCoalesced(const std::vector<at::Tensor>& tensors, int root) override {
    lenet_distributed::broadcastCoalesced(group_, tensors, root);
  }

  std::unique_ptr<Reducer> makeReducer(const ReducerOptions& options) override {
    return lenet_distributed::makeReducer(group_, options);
  }

 private:
  // As Python does it: this thread's current stream waits for NCCL's, nobody on the host does.
  // (With TORCH_NCCL_BLOCKING_WAIT=1 the host does.)
  void startOnCuda(const Collective& collective) {
    TORCH_CHECK(nccl_ != nullptr, "no backend of this group takes tensors on the GPU");
    const auto& [operation, given, wanted, rank, reduction, tag] = collective;
    std::vector<at::Tensor> inputs = given, outputs = wanted;
    const auto work = [&, rank = rank, tag = tag] {
      if (operation == Operation::kSend) return nccl_->send(inputs, rank, tag);
      if (operation == Operation::kReceive) return nccl_->recv(outputs, rank, tag);
      return startCollective(*nccl_, operation, inputs, outputs, rank, reduction);
    }();
    work->wait();
  }

  c10::intrusive_ptr<c10d::Work> startCollective(c10d::Backend& backend, Operation operation,
                                                 std::vector<at::Tensor>& inputs,
                                                 std::vector<at::Tensor>& outputs, int rank,
                                                 Reduction reduction) {
    std::vector<std::vector<at::Tensor>> lists{outputs};
    // Only the root has the whole.
    if (outputs.empty()) lists.clear();
    switch (operation) {
      case Operation::kAllReduce: {
        c10d::AllreduceOptions options;
        options.reduceOp = reduceOp(reduction);
        return backend.allreduce(inputs, options);
      }
      case Operation::kBroadcast:
        return backend.broadcast(inputs, rooted<c10d::BroadcastOptions>(rank));
      case Operation::kReduce: {
        auto options = rooted<c10d::ReduceOptions>(rank);
        options.reduceOp = reduceOp(reduction);
        return backend.reduce(inputs, options);
      }
      case Operation::kAllGather:
        return backend.allgather(lists, inputs);
      case Operation::kAllGatherIntoTensor:
        flatten(inputs), flatten(outputs);
        return gatherInto(backend, outputs[0], inputs[0]);
      case Operation::kReduceScatter: {
        c10d::ReduceScatterOptions options;
        options.reduceOp = reduceOp(reduction);
        std::vector<std::vector<at::Tensor>> parts{inputs};
        return backend.reduce_scatter(outputs, parts, options);
      }
      case Operation::kReduceScatterTensor: {
        c10d::ReduceScatterOptions options;
        options.reduceOp = reduceOp(reduction);
        flatten(inputs), flatten(outputs);
        return reduceScatterInto(backend, outputs[0], inputs[0], options);
      }
      case Operation::kGather:
        return backend.gather(lists, inputs, rooted<c10d::GatherOptions>(rank));
      case Operation::kScatter: {
        std::vector<std::vector<at::Tensor>> parts;
        if (rank == rank_) parts.push_back(inputs);
        return backend.scatter(outputs, parts, rooted<c10d::ScatterOptions>(rank));
      }
      case Operation::kBarrier:
        return backend.barrier();
      default:
        TORCH_CHECK(false, "unknown collective");
    }
  }

  const int size_, rank_;
  const c10::intrusive_ptr<c10d::Store> store_;
  c10::intrusive_ptr<c10d::Backend> gloo_;
  // Null without a GPU.
  c10::intrusive_ptr<c10d::Backend> nccl_;
  // c10d's own of both, for what takes one.
  c10::intrusive_ptr<c10d::ProcessGroup> group_;
  std::atomic<bool> isAbandoned_ = false;
};

}  // namespace

std::unique_ptr<Group> openGroup(const GroupOptions& options) {
  return std::make_unique<KnownGroup>(options);
}

}  // namespace lenet_distributed
