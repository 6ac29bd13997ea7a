// The library for torch.distributed, and what JavaScript has of it.
#pragma once

#include <napi.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "average.h"
#include "cuda/nccl/interface.h"
#include "distributed/interface.h"
#include "library.h"

namespace lenet_torch {

namespace c10d = lenet_distributed;

struct DistributedLibrary : Library {
  explicit DistributedLibrary(const std::string& path)
      : Library({"the library for torch.distributed", "ERR_DISTRIBUTED_UNAVAILABLE",
                 "lenet_distributed_abi", c10d::kAbi},
                path),
        open(function("lenet_distributed_open")) {}
  const c10d::Library* (*open)();
};

struct NcclLibrary : Library {
  explicit NcclLibrary(const std::string& path)
      : Library({"the library for NCCL", "ERR_DISTRIBUTED_UNAVAILABLE", "lenet_nccl_abi",
                 lenet_nccl::kAbi},
                path),
        open(function("lenet_nccl_open")) {}
  const lenet_nccl::Library* (*open)();
};

// Throws a CodedError where it has not been opened.
const c10d::Library& distributed();
// Null where it has not been opened.
const lenet_nccl::Library* nccl();

// A group as JavaScript has it. What runs on other threads holds the group itself, so nobody ends
// it under them.
struct OwnedGroup {
  // On a thread of its own: the last reference waits for what is under way.
  ~OwnedGroup();
  // Throws a CodedError where it has been closed.
  const std::shared_ptr<c10d::Group>& require() const;

  // Null when it has been closed. Other threads use it under the mutex and keep no reference: for
  // whoever closes it, his is the last one.
  std::mutex mutex;
  std::shared_ptr<c10d::Group> group;
  int size = 0;
  // Cancelled when it is closed.
  std::vector<std::weak_ptr<Average>> averages;
};

std::shared_ptr<c10d::Store> storeArgument(const Napi::CallbackInfo& info, size_t argument);
const std::shared_ptr<OwnedGroup>& sharedGroupArgument(const Napi::CallbackInfo& info,
                                                       size_t argument);
OwnedGroup& groupArgument(const Napi::CallbackInfo& info, size_t argument);
Napi::Value wrapGroup(Napi::Env env, std::shared_ptr<c10d::Group> group, int size);

void exportDistributedStore(Environment& environment, Napi::Object exports);
void exportDistributedGroup(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
