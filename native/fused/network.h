// Whether a described network is one the engine can run, and its sizes.
#pragma once

#include <string>

#include "model.h"

namespace lenet {

// Empty if the network is supported; otherwise the sentence that says what is wrong.
std::string unsupported(const lenet_fused_network& network);

Shape shape_of(const lenet_fused_network& network);

}  // namespace lenet
