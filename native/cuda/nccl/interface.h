// NCCL for the library for torch.distributed: a library of its own, since only a libtorch_cuda that
// is open and has NCCL can load it, and CUDA graphs need neither c10d nor NCCL. Compiled for one
// libtorch, as all are.
#pragma once

#include <c10/util/intrusive_ptr.h>

#include <chrono>
#include <string>

namespace c10d {
class Backend;
class Store;
}  // namespace c10d

namespace lenet_nccl {

// Raised whenever something below changes.
inline constexpr int kAbi = 1;

struct Options {
  c10::intrusive_ptr<c10d::Store> store;
  int rank = 0;
  int size = 1;
  std::chrono::milliseconds timeout{0};
  // Number of the GPU that is this rank's.
  int device = 0;
};

class Library {
 public:
  virtual ~Library() = default;
  virtual const char* builtFor() const = 0;
  // NCCL's own: "2.28.9".
  virtual std::string version() const = 0;
  // "", or why this libtorch's NCCL cannot be used by what was compiled here.
  virtual std::string problem() const = 0;
  // Blocks until all ranks are connected.
  virtual c10::intrusive_ptr<c10d::Backend> open(const Options& options) const = 0;
};

}  // namespace lenet_nccl
