// Evaluation and prediction. Any number may run at once on one model: each borrows workspaces of
// its own, and whoever finds the team idle uses it while the others stay on their caller's thread.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "model.h"
#include "slice.h"
#include "team.h"

namespace lenet {

class Inference {
 public:
  Inference(const Model& model, Team& team) : model_(model), team_(team) {}
  Inference(const Inference&) = delete;
  Inference& operator=(const Inference&) = delete;

  // `logits` may be null. `result` counts correct predictions if the data has labels.
  void run(const Batch& batch, int64_t count, float* logits, lenet_fused_control* control,
           lenet_fused_result* result);

 private:
  std::unique_ptr<Slice> borrow();
  void give_back(std::unique_ptr<Slice> slice);

  const Model& model_;
  Team& team_;
  std::mutex team_mutex_;  // whose the team is
  std::mutex idle_mutex_;
  std::vector<std::unique_ptr<Slice>> idle_;
};

}  // namespace lenet
