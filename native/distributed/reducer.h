#pragma once

#include <torch/csrc/distributed/c10d/ProcessGroup.hpp>

#include "interface.h"

namespace lenet_distributed {

std::unique_ptr<Reducer> makeReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                                     const ReducerOptions& options);

}  // namespace lenet_distributed
