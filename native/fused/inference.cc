#include "inference.h"

#include <algorithm>

#include "control.h"
#include "workspace.h"

namespace lenet {

std::unique_ptr<Slice> Inference::borrow() {
  {
    std::lock_guard lock(idle_mutex_);
    if (!idle_.empty()) {
      auto slice = std::move(idle_.back());
      idle_.pop_back();
      return slice;
    }
  }
  return make_slice(model_, false);
}

void Inference::give_back(std::unique_ptr<Slice> slice) {
  std::lock_guard lock(idle_mutex_);
  idle_.push_back(std::move(slice));
}

void Inference::run(const Batch& batch, int64_t count, float* logits, lenet_fused_control* control,
                    lenet_fused_result* result) {
  *result = {};
  if (count <= 0) return;
  // Waking the team takes some 50 µs, and less than three vectors cannot be shared well.
  constexpr int64_t kWorthWaking = 5'000'000;
  std::unique_lock team(team_mutex_, std::defer_lock);
  const bool shared = team_.size() > 1 && count > 2 * kLanes &&
                      count * model_.work > kWorthWaking && team.try_lock();
  const int threads = shared ? team_.size() : 1;

  // Pieces are dealt out in turn: the sums depend on the number of threads only.
  constexpr int64_t kUnit = 2 * kLanes;
  const int64_t share = (count + threads * kUnit - 1) / (threads * kUnit) * kUnit;
  const int64_t piece = std::min<int64_t>(kPieceImages, share);
  std::vector<std::unique_ptr<Slice>> slices;
  for (int t = 0; t < threads; ++t) slices.push_back(borrow());
  std::vector<lenet_fused_result> parts(threads);
  std::mutex progress;

  const auto work = [&](int thread) {
    lenet_fused_result part = {};
    for (int64_t begin = thread * piece; begin < count; begin += threads * piece) {
      if (should_stop(control)) break;
      const int64_t end = std::min(count, begin + piece);
      Tally tally;
      slices[thread]->infer(batch, begin, end, batch.data->labels ? &tally : nullptr,
                            logits ? logits + begin * model_.classes() : nullptr);
      part.loss += tally.loss;
      part.correct += tally.correct;
      part.samples += end - begin;
      part.batches += 1;
      if (control) {
        std::lock_guard lock(progress);
        lenet_fused_result now = {control->loss + tally.loss, control->correct + tally.correct,
                                  control->batches + 1, control->samples + end - begin, 0};
        publish(control, now);
      }
    }
    parts[thread] = part;
  };
  if (shared) {
    team_.run(work);
  } else {
    work(0);
  }
  for (auto& slice : slices) give_back(std::move(slice));
  for (const auto& part : parts) {
    result->loss += part.loss;
    result->correct += part.correct;
    result->samples += part.samples;
    result->batches += part.batches;
  }
  result->stopped = result->samples < count;
}

}  // namespace lenet
