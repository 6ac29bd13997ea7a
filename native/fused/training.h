// Training: every thread of the team runs the same loop over the batches, meeting twice per step.
#pragma once

#include <memory>
#include <vector>

#include "exchange.h"
#include "model.h"
#include "optimizer.h"
#include "slice.h"
#include "team.h"

namespace lenet {

class Trainer {
 public:
  Trainer(Model& model, Team& team);
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  // False if `peers`, which may be null, failed to average; the steps before are done.
  bool train(const Batch& batch, int64_t count, int64_t batch_size, Optimizer& optimizer,
             double* losses, const lenet_fused_peers* peers, lenet_fused_control* control,
             lenet_fused_result* result);

  // Forward and backward of one batch; the sum of the threads' gradients goes to `gradient`.
  void gradients(const Batch& batch, int64_t count, float* gradient, lenet_fused_result* result);

  Profile& profile() { return slices_[0]->profile(); }

 private:
  struct alignas(64) Share {
    Tally tally;
  };

  // Which packed parameters a thread updates.
  struct Range {
    int begin, end;
  };

  Range range_of(int thread) const;
  void compute(int thread, const Batch& batch, int64_t begin, int64_t end);
  void update(int thread, Optimizer& optimizer, const std::vector<const float*>& gradients);
  void account(int64_t samples, double* losses, lenet_fused_control* control,
               lenet_fused_result* result);

  Model& model_;
  Team& team_;
  std::vector<std::unique_ptr<Slice>> slices_;
  std::vector<const float*> gradients_;
  std::vector<Share> shares_;
  std::unique_ptr<Exchange> exchange_;  // made by the first training with peers
};

}  // namespace lenet
