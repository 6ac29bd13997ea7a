// Adam and SGD, as torch.optim of PyTorch 2.11 computes them, over a range of the packed buffers.
#pragma once

#include <cstdint>
#include <vector>

#include "buffer.h"
#include "engine.h"

namespace lenet {

class Optimizer {
 public:
  // Keeps the moments as long as the algorithm stays the same.
  void configure(const lenet_fused_optimizer& options, int64_t steps, int size);

  // Counts a step; then update() may run on disjoint ranges at once.
  void begin_step();

  // The gradient is the sum of `gradients`, in their order. `begin` and `end` are multiples of 16.
  void update(float* parameters, const std::vector<const float*>& gradients, int begin, int end);

  const lenet_fused_optimizer& options() const { return options_; }
  bool configured() const { return configured_; }
  int64_t steps() const { return steps_; }
  // Adam: first and second moment. SGD: [0] is the momentum buffer.
  Buffer<float>& moment(int i) { return moments_[i]; }

 private:
  void adam(float* parameters, const std::vector<const float*>& gradients, int begin, int end);
  void sgd(float* parameters, const std::vector<const float*>& gradients, int begin, int end);

  lenet_fused_optimizer options_{};
  bool configured_ = false;
  int64_t steps_ = 0;
  Buffer<float> moments_[2];
};

}  // namespace lenet
