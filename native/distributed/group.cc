#include "group.h"

#include <ATen/core/ivalue.h>

#include <thread>
#include <torch/csrc/distributed/c10d/Backend.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>
#include <utility>

#include "compat.h"
#include "gloo.h"
#include "reducer.h"
#include "store.h"

namespace lenet_distributed {
namespace {

c10d::ReduceOp::RedOpType reduceOp(Reduction reduction) {
  switch (reduction) {
    case Reduction::kSum:
    case Reduction::kAverage:
      return c10d::ReduceOp::SUM;
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

class GlooGroup : public Group {
 public:
  explicit GlooGroup(const GroupOptions& options)
      : size_(options.size),
        rank_(options.rank),
        store_(storeOf(options.store)),
        backend_(openGloo(options)),
        group_(c10::make_intrusive<c10d::ProcessGroup>(storeOf(options.store), options.rank,
                                                       options.size)) {
    group_->setBackend(c10::DeviceType::CPU, c10d::ProcessGroup::BackendType::GLOO, backend_);
    group_->setDefaultBackend(c10d::ProcessGroup::BackendType::GLOO);
  }

  void start(const Collective& collective, Done done) override {
    const auto& [operation, given, wanted, rank, reduction, tag] = collective;
    std::vector<at::Tensor> inputs = given, outputs = wanted;
    if (operation == Operation::kSend) {
      return waitFor(backend_->send(inputs, rank, tag), false, std::move(done));
    }
    if (operation == Operation::kReceive) {
      auto work =
          rank < 0 ? backend_->recvAnysource(outputs, tag) : backend_->recv(outputs, rank, tag);
      return waitFor(std::move(work), true, std::move(done));
    }
    whenDone(startCollective(operation, inputs, outputs, rank, reduction), std::move(done));
  }

  void monitoredBarrier(Milliseconds timeout, bool waitForAll) override {
    c10d::BarrierOptions options;
    options.timeout = timeout;
    backend_->monitoredBarrier(options, waitForAll);
  }

  void setTimeout(Milliseconds timeout) override { backend_->setTimeout(timeout); }

  std::vector<std::string> labels(const std::string& key, const std::string& label,
                                  const std::string& mark) override {
    const auto at = [](const std::string& name, int rank) {
      return name + "/" + std::to_string(rank);
    };
    std::vector<std::string> result(size_);
    const auto ask = [&](int rank) {
      if (store_->check({at(mark, rank)})) result[rank] = store_->get_to_str(at(key, rank));
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
  c10::intrusive_ptr<c10d::Work> startCollective(Operation operation,
                                                 std::vector<at::Tensor>& inputs,
                                                 std::vector<at::Tensor>& outputs, int rank,
                                                 Reduction reduction) {
    // Gloo has no average. Before the sum, and by multiplying: the bits are those of Python's DDP.
    if (reduction == Reduction::kAverage) {
      for (auto& tensor : inputs) tensor.mul_(1.0 / size_);
    }
    std::vector<std::vector<at::Tensor>> lists{outputs};
    // Only the root has the whole.
    if (outputs.empty()) lists.clear();
    switch (operation) {
      case Operation::kAllReduce: {
        c10d::AllreduceOptions options;
        options.reduceOp = reduceOp(reduction);
        return backend_->allreduce(inputs, options);
      }
      case Operation::kBroadcast:
        return backend_->broadcast(inputs, rooted<c10d::BroadcastOptions>(rank));
      case Operation::kReduce: {
        auto options = rooted<c10d::ReduceOptions>(rank);
        options.reduceOp = reduceOp(reduction);
        return backend_->reduce(inputs, options);
      }
      case Operation::kAllGather:
        return backend_->allgather(lists, inputs);
      case Operation::kAllGatherIntoTensor:
        flatten(inputs), flatten(outputs);
        return gatherInto(*backend_, outputs[0], inputs[0]);
      case Operation::kReduceScatter: {
        c10d::ReduceScatterOptions options;
        options.reduceOp = reduceOp(reduction);
        std::vector<std::vector<at::Tensor>> parts{inputs};
        return backend_->reduce_scatter(outputs, parts, options);
      }
      case Operation::kReduceScatterTensor: {
        c10d::ReduceScatterOptions options;
        options.reduceOp = reduceOp(reduction);
        flatten(inputs), flatten(outputs);
        return reduceScatterInto(*backend_, outputs[0], inputs[0], options);
      }
      case Operation::kGather:
        return backend_->gather(lists, inputs, rooted<c10d::GatherOptions>(rank));
      case Operation::kScatter: {
        std::vector<std::vector<at::Tensor>> parts;
        if (rank == rank_) parts.push_back(inputs);
        return backend_->scatter(outputs, parts, rooted<c10d::ScatterOptions>(rank));
      }
      case Operation::kBarrier:
        return backend_->barrier();
      default:
        TORCH_CHECK(false, "unknown collective");
    }
  }

  const int size_, rank_;
  const c10::intrusive_ptr<c10d::Store> store_;
  const c10::intrusive_ptr<c10d::Backend> backend_;
  const c10::intrusive_ptr<c10d::ProcessGroup> group_;
};

}  // namespace

std::unique_ptr<Group> openGroup(const GroupOptions& options) {
  return std::make_unique<GlooGroup>(options);
}

}  // namespace lenet_distributed
