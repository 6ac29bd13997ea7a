// Backward passes: gradients into leaves, or given back.
#pragma once

#include <ATen/core/Tensor.h>
#include <napi.h>

#include <vector>

#include "scope.h"

namespace lenet_torch {

class Environment;

// A list of tensors, null and undefined as undefined ones; `what` names it in errors.
std::vector<at::Tensor> tensorList(Environment& environment, napi_value value, const char* what);
// Undefined ones as null.
napi_value tensorArray(Environment& environment, const std::vector<at::Tensor>& tensors,
                       ScopeId lineage = kNoScope);

// Says of a node that its JavaScript is running.
class RunningNode {
 public:
  RunningNode(Environment& environment, const void* node);
  ~RunningNode();
  RunningNode(const RunningNode&) = delete;
  RunningNode& operator=(const RunningNode&) = delete;

 private:
  Environment& environment_;
};

void exportBackward(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
