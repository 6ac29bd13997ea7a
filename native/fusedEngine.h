// An engine as JavaScript has it: its library, its network, and which parameters it holds.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <array>
#include <memory>

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
      : library(opened), sizes(sizesOf(network)), network(network) {
    checkFused(library, library.create(&network, threads, &engine));
  }
  ~Engine() { library.destroy(engine); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  static std::array<int64_t, LENET_FUSED_TENSORS> sizesOf(const lenet_fused_network& network) {
    std::array<int64_t, LENET_FUSED_TENSORS> sizes;
    for (int i = 0; i < 2; i++) {
      sizes[2 * i] = 25LL * network.conv[i].in_channels * network.conv[i].out_channels;
      sizes[2 * i + 1] = network.conv[i].out_channels;
    }
    for (int i = 0; i < 3; i++) {
      sizes[4 + 2 * i] = int64_t{network.linear[i].in_features} * network.linear[i].out_features;
      sizes[5 + 2 * i] = network.linear[i].out_features;
    }
    return sizes;
  }
  int64_t imageSize() const {
    return int64_t{network.conv[0].in_channels} * network.height * network.width;
  }
  int64_t classes() const { return network.linear[2].out_features; }

  // Whether its parameters are as they were when it took or gave them last.
  bool isCurrent(const Environment& environment) const;

  const FusedLibrary& library;
  const std::array<int64_t, LENET_FUSED_TENSORS> sizes;
  const lenet_fused_network network;
  lenet_fused_engine* engine = nullptr;
  std::array<Mark, LENET_FUSED_TENSORS> marks;
};

// Shared with the calls that are under way.
using EnginePointer = std::shared_ptr<Engine>;

// Argument 0.
EnginePointer requireEngine(const Napi::CallbackInfo& info);
// Undefined for null and undefined.
at::Tensor tensorAt(const Napi::CallbackInfo& info, size_t index, const char* what);
void requirePlain(const at::Tensor& tensor, const char* what);

// openFused, fmaPeak, createFused, loadFused, storeFused, isFusedCurrent, configureFused
void exportFusedEngine(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
