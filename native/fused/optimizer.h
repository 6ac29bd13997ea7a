// Adam, AdamW and SGD, as torch.optim of PyTorch 2.11 computes them, over a range of the packed
// buffers.
#pragma once

#include <cstdint>
#include <vector>

#include "buffer.h"
#include "engine.h"
#include "layout.h"

namespace lenet {

class Optimizer {
 public:
  // Keeps the moments as long as the algorithm stays the same. `group_of` as in the interface.
  void configure(const lenet_fused_optimizer* groups, const int32_t* group_of, int64_t steps,
                 const Layout& layout);

  // Counts a step; then update() may run on disjoint ranges at once.
  void begin_step();

  // The gradient is the sum of `gradients`, in their order. `begin` and `end` are multiples of 16.
  void update(float* parameters, const std::vector<const float*>& gradients, int begin, int end);

  bool configured() const { return !parts_.empty(); }
  int32_t algorithm() const { return parts_[0].options.algorithm; }
  int64_t steps() const { return steps_; }
  // Adam, AdamW: first and second moment. SGD: [0] is the momentum buffer.
  Buffer<float>& moment(int i) { return moments_[i]; }

 private:
  // A stretch of the packed buffers that is updated in one way.
  struct Part {
    int begin, end, group;
    lenet_fused_optimizer options;
  };

  void adam(const lenet_fused_optimizer& options, float* parameters,
            const std::vector<const float*>& gradients, int begin, int end);
  void sgd(const lenet_fused_optimizer& options, float* parameters,
           const std::vector<const float*>& gradients, int begin, int end);

  std::vector<Part> parts_;
  int64_t steps_ = 0;
  Buffer<float> moments_[2];
};

}  // namespace lenet
