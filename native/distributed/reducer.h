#pragma once

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include "interface.h"

namespace lenet_distributed {

// Gives the tensors of one rank to all, without recording it.
void broadcastCoalesced(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                        const std::vector<at::Tensor>& tensors, int root);

std::unique_ptr<Reducer> makeReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                                     const ReducerOptions& options);

}  // namespace lenet_distributed
