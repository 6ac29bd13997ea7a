// Where the time goes: seconds per stage, measured only when asked for.
#pragma once

#include <array>
#include <chrono>

namespace lenet {

enum Stage {
  kReadImages,
  kConv1,
  kConv2,
  kLinearForward,
  kLoss,
  kLinearBackward,
  kRearrange,
  kConv2Input,
  kConv2Weights,
  kConv1Weights,
  kLinearWeights,
  kAveraging,
  kOptimizer,
  kWaiting,
  kStages
};

inline constexpr const char* kStageNames[kStages] = {
    "read images",    "conv 1 forward", "conv 2 forward", "linear forward", "loss",
    "linear input",   "rearrange",      "conv 2 input",   "conv 2 weights", "conv 1 weights",
    "linear weights", "averaging",      "optimizer",      "waiting"};

class Profile {
 public:
  void start() {
    if (on) last_ = std::chrono::steady_clock::now();
  }
  // Books the time since start() or the last mark() under `stage`.
  void mark(Stage stage) {
    if (!on) return;
    const auto now = std::chrono::steady_clock::now();
    seconds[stage] += std::chrono::duration<double>(now - last_).count();
    last_ = now;
  }

  bool on = false;
  std::array<double, kStages> seconds{};

 private:
  std::chrono::steady_clock::time_point last_;
};

}  // namespace lenet
