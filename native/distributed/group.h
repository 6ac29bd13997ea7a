#pragma once

#include "interface.h"

namespace lenet_distributed {

std::unique_ptr<Group> openGroup(const GroupOptions& options);

}  // namespace lenet_distributed
