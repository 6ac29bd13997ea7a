// torch.distributed for the addon: a library of its own, since a libtorch built without c10d could
// not load an addon that names it, and since most programs never need it. Nothing of Node's is
// known here, and nothing of c10d's headers to whoever includes this one. Compiled for one
// libtorch, as the addon is.
#pragma once

#include <ATen/core/Tensor.h>

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace lenet_nccl {
class Library;
}

namespace lenet_distributed {

// Raised whenever something below changes.
inline constexpr int kAbi = 4;

using Milliseconds = std::chrono::milliseconds;
using Bytes = std::vector<uint8_t>;

// Keys and values that all processes see. Everything but the making may block for the store's
// timeout.
class Store {
 public:
  virtual ~Store() = default;
  virtual void set(const std::string& key, const Bytes& value) = 0;
  virtual Bytes get(const std::string& key) = 0;
  virtual int64_t add(const std::string& key, int64_t amount) = 0;
  virtual void wait(const std::vector<std::string>& keys, Milliseconds timeout) = 0;
  virtual bool check(const std::vector<std::string>& keys) = 0;
  virtual bool deleteKey(const std::string& key) = 0;
  virtual Bytes compareSet(const std::string& key, const Bytes& expected, const Bytes& desired) = 0;
  virtual int64_t numKeys() = 0;
  virtual Milliseconds timeout() const = 0;
  virtual void setTimeout(Milliseconds timeout) = 0;
  // Of a server over TCP: where it listens. 0 for others.
  virtual int port() const = 0;
};

struct TcpStoreOptions {
  std::string host;
  uint16_t port = 0;
  bool isServer = false;
  std::optional<int> worldSize;
  bool waitForWorkers = true;
  // Only of a server: libtorch's libuv backend, whose uv_* calls end in Node's libuv.
  bool useLibUV = false;
  Milliseconds timeout{0};
};

struct GroupOptions {
  std::shared_ptr<Store> store;
  int rank = 0;
  int size = 1;
  // Where Gloo listens and connects from; GLOO_SOCKET_IFNAME goes before it. "": what the host's
  // name means.
  std::string address;
  Milliseconds timeout{0};
  // Who computes what lies on this rank's GPU, `device`; null: nobody. Gloo, which is there always,
  // has the rest. Its keys are in a store of their own.
  const lenet_nccl::Library* nccl = nullptr;
  std::shared_ptr<Store> ncclStore;
  int device = 0;
};

enum class Operation : uint8_t {
  kAllReduce,
  kBroadcast,
  kReduce,
  kAllGather,
  kAllGatherIntoTensor,
  kReduceScatter,
  kReduceScatterTensor,
  kGather,
  kScatter,
  kBarrier,
  kSend,
  kReceive,
};

enum class Reduction : uint8_t { kSum, kAverage, kProduct, kMin, kMax, kBand, kBor, kBxor };

// One call of a collective. Which of the fields count depends on the operation.
struct Collective {
  Operation operation;
  std::vector<at::Tensor> inputs;
  std::vector<at::Tensor> outputs;
  // The root; whom to send to or to receive from, where −1 is anybody.
  int rank = 0;
  Reduction reduction = Reduction::kSum;
  int tag = 0;
};

// Called once on a thread of Gloo's: null, or why it failed; and whom it was received from, where
// that was asked. It must not let go of the group. With NCCL, on the thread that began: the current
// stream waits for the operation then, and nobody else.
using Done = std::function<void(std::exception_ptr, int)>;

// Ranks with different numbers of batches: those that have none left take part in the others'
// operations. Python's Join.
struct Joining {
  // Or by the number of ranks that have batches left.
  bool dividesByInitialSize = true;
  // Instead of taking part.
  bool throwsEarly = false;
};

struct Pass {
  // Whether gradients are recorded, and whether the backward pass averages them.
  bool records = true;
  bool averages = true;
  // Given by rank 0 before the pass; in a join by the last rank that has batches left.
  std::vector<at::Tensor> buffers;
  std::optional<Joining> joining;
};

struct ModelState {
  std::vector<at::Tensor> parameters;
  // That are given before passes.
  std::vector<at::Tensor> buffers;
  // Whether they are before the next.
  bool hasNewBuffers = true;
};

struct Shadowed {
  // How many passes of others this rank took part in.
  int64_t passes = 0;
  bool hasNewBuffers = true;
  // Joining::throwsEarly, and others have batches left.
  bool isEarly = false;
};

// What data parallel training needs: gradients become averages over all ranks while a backward pass
// runs. c10d's own Reducer, so buckets, their order and every bit are those of Python's
// DistributedDataParallel.
class Reducer {
 public:
  virtual ~Reducer() = default;
  // Before a forward pass; blocks where there are buffers or is a join, and after the first step,
  // when ranks exchange the order in which gradients came. False: a rank has no batches left, and
  // all are to throw.
  virtual bool prepareForward(const Pass& pass) = 0;
  // After it. The outputs: only where parameters may be unused.
  virtual void prepareBackward(const std::vector<at::Tensor>& outputs) = 0;
  // Of a rank that has no batches left. Blocks until none has, then gives all the model of the
  // last.
  virtual Shadowed shadow(const Joining& joining, const ModelState& state) = 0;
  // Lets go of the group. Backward passes through what was computed before fail from then on;
  // blocks until one that is under way has ended.
  virtual void close() = 0;
};

struct ReducerOptions {
  std::vector<at::Tensor> parameters;
  std::vector<std::string> names;
  int64_t bucketBytes = 25 << 20;
  // Of the first bucket, once their order is known: the small one lets sums begin early.
  int64_t firstBucketBytes = 1 << 20;
  bool findUnused = false;
  bool gradientAsBucketView = false;
};

class Group {
 public:
  // Blocks until what is under way has ended, at most for the timeout: Gloo's collectives cannot be
  // cancelled.
  virtual ~Group() = default;
  // Only puts the work into Gloo's queue (send and receive too; those are waited for on a thread of
  // their own). Every rank has to do so in the same order.
  virtual void start(const Collective& collective, Done done) = 0;
  // From any thread, once an operation has failed: what NCCL has under way on the GPU ends, which
  // else would wait for a rank that is gone. Nothing must be begun afterwards.
  virtual void abandon() = 0;
  // Blocks.
  virtual void monitoredBarrier(Milliseconds timeout, bool waitForAll) = 0;
  virtual void setTimeout(Milliseconds timeout) = 0;

  // These block, and are those of Python's DistributedDataParallel, so that ranks of Python can
  // take part.
  // What each rank says under a key, where it is asked: rank 0 asks all, the others rank 0. Asked
  // are those that `mark` is set for: ranks of Python say nothing. "" of others.
  virtual std::vector<std::string> labels(const std::string& key, const std::string& label,
                                          const std::string& mark) = 0;
  virtual void verifyParameters(const std::vector<at::Tensor>& parameters) = 0;
  virtual void broadcastCoalesced(const std::vector<at::Tensor>& tensors, int root) = 0;
  virtual std::unique_ptr<Reducer> makeReducer(const ReducerOptions& options) = 0;
};

// What an error of c10d's says, without C++'s backtrace; and its class ("c10::DistNetworkError").
struct Explained {
  std::string text;
  std::string className;
};

// The library's functions.
class Library {
 public:
  virtual ~Library() = default;
  virtual const char* builtFor() const = 0;
  // Blocks until the server answers, and where it waits for workers until all are there.
  virtual std::shared_ptr<Store> tcpStore(const TcpStoreOptions& options) const = 0;
  virtual std::shared_ptr<Store> fileStore(const std::string& path, int worldSize) const = 0;
  virtual std::shared_ptr<Store> hashStore() const = 0;
  virtual std::shared_ptr<Store> prefixStore(const std::string& prefix,
                                             const std::shared_ptr<Store>& store) const = 0;
  // Blocks until all ranks are there; up to five times the timeout where some cannot be reached.
  virtual std::unique_ptr<Group> openGroup(const GroupOptions& options) const = 0;
  // The address that packets to a host leave from.
  virtual std::string addressTowards(const std::string& host, uint16_t port) const = 0;
  virtual Explained explain(const std::exception_ptr& error) const = 0;
  // Ranks that disagree on a message's size would end the process, on a thread of Gloo's where
  // nobody can catch it. Told here instead; the thread stops for ever, and the group with it: it
  // must never be destroyed.
  virtual void onMismatch(std::function<void(const std::string&)> told) const = 0;
};

}  // namespace lenet_distributed
