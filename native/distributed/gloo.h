// Where Gloo is made: the only file that includes its header.
#pragma once

#include <torch/csrc/distributed/c10d/Backend.hpp>

#include "interface.h"

namespace lenet_distributed {

c10::intrusive_ptr<c10d::Backend> openGloo(const GroupOptions& options);

}  // namespace lenet_distributed
