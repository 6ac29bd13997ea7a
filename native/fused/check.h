// What callers may get wrong, found before anything is changed.
#pragma once

#include <string>

#include "model.h"
#include "optimizer.h"

namespace lenet {

struct Request {
  const lenet_fused_data* data;
  const int64_t* order;
  int64_t count;
  bool needs_labels;
  lenet_fused_result* result;  // where to report, may be null
};

// Pointers, types, indices and, where labels are needed, that each is in 0 … classes − 1.
lenet_fused_status check(const Request& request, int classes, std::string* why);

// Empty, or what is wrong.
std::string unusable(const lenet_fused_optimizer* groups, int32_t count, const int32_t* group_of,
                     int64_t steps, const Layout& layout);
std::string missing_tensor(const Layout& layout, const float* const* tensors);

// The packed buffer of a lenet_fused_state, null if there is none now.
float* state_of(Model& model, Optimizer& optimizer, int32_t state);

// The 256 values of bytes under torchvision's ToTensor.
const float* byte_over_255();

}  // namespace lenet
