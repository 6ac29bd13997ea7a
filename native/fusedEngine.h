// An engine as JavaScript has it: its library, its network, and which parameters it holds.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <memory>
#include <vector>

#include "fusedLibrary.h"

namespace lenet_torch {

class Environment;
struct TensorHandle;

// A parameter as the engine last had it. Tensor and storage are held, so that no others have their
// addresses.
struct Mark {
  TensorHandle* handle = nullptr;
  at::Tensor tensor;
  c10::Storage storage;
  const void* data = nullptr;
  int64_t version = -1;

  // Whether JavaScript still has it, with the same elements.
  bool isCurrent(const Environment& environment) const;
};

struct Engine {
  Engine(const FusedLibrary& opened, const lenet_fused_network& network, int32_t threads)
      : library(opened), network(network) {
    checkFused(library, library.create(&network, threads, &engine));
    sizes.resize(library.tensors(engine, nullptr, 0));
    library.tensors(engine, sizes.data(), static_cast<int32_t>(sizes.size()));
  }
  ~Engine() { library.destroy(engine); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  int64_t imageSize() const { return int64_t{network.channels} * network.height * network.width; }
  int64_t classes() const { return network.layers[network.count - 1].outputs; }

  // Whether its parameters are as they were when it took or gave them last.
  bool isCurrent(const Environment& environment) const;

  const FusedLibrary& library;
  const lenet_fused_network network;
  lenet_fused_engine* engine = nullptr;
  std::vector<int64_t> sizes;  // how many values each tensor has
  std::vector<Mark> marks;     // of what its parameters were made of
};

// Shared with the calls that are under way.
using EnginePointer = std::shared_ptr<Engine>;

// Argument 0.
EnginePointer requireEngine(const Napi::CallbackInfo& info);
// Undefined for null and undefined.
at::Tensor tensorAt(const Napi::CallbackInfo& info, size_t index, const char* what);
void requirePlain(const at::Tensor& tensor, const char* what);

// openFused, fmaPeak, createFused, loadFused, storeFused, haveOwnMemory, isFusedCurrent,
// configureFused
void exportFusedEngine(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
