#include "resize.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// Pillow weighs bytes in whole numbers: weights of 22 bits, half of one added, the rest cut off.
constexpr int kBits = 22;

struct Size {
  int64_t height;
  int64_t width;
};

// For each new pixel along an edge: the old ones that it is made of, `first` and those that follow,
// `count` weights for each; where it is made of fewer, the last weigh nothing.
struct Taps {
  int64_t count;
  std::vector<int64_t> first;
  std::vector<int32_t> weights;
};

// The weights of linear interpolation, which looks farther the more an edge shrinks.
Taps tapsOf(int64_t from, int64_t to) {
  const double scale = static_cast<double>(from) / static_cast<double>(to);
  const double reach = std::max(scale, 1.0);
  Taps taps{std::min(from, static_cast<int64_t>(std::ceil(reach)) * 2 + 1), {}, {}};
  taps.weights.resize(to * taps.count);
  for (int64_t i = 0; i < to; i++) {
    const double center = (static_cast<double>(i) + 0.5) * scale;
    const auto start = std::max<int64_t>(0, static_cast<int64_t>(center - reach + 0.5));
    const auto end = std::min(from, static_cast<int64_t>(center + reach + 0.5));
    std::vector<double> shares;
    double sum = 0;
    for (int64_t k = start; k < end; k++) {
      const double far = std::abs((static_cast<double>(k) - center + 0.5) * (1.0 / reach));
      shares.push_back(std::max(0.0, 1.0 - far));
      sum += shares.back();
    }
    // Pixels that weigh nothing are read, too: they have to be there.
    taps.first.push_back(std::min(start, from - taps.count));
    auto* weights = &taps.weights[i * taps.count + (start - taps.first.back())];
    for (const double share : shares) {
      *weights++ = static_cast<int32_t>(0.5 + share / sum * (1 << kBits));
    }
  }
  return taps;
}

// (from, inner) → (to, inner): rows of bytes, each new one a weighted sum of `count` old ones.
void weigh(const uint8_t* source, int64_t inner, const Taps& taps, int32_t* sums, uint8_t* target) {
  const auto to = static_cast<int64_t>(taps.first.size());
  for (int64_t i = 0; i < to; i++) {
    const int32_t* weights = &taps.weights[i * taps.count];
    const uint8_t* row = source + taps.first[i] * inner;
    std::fill_n(sums, inner, 1 << (kBits - 1));
    for (int64_t k = 0; k < taps.count; k++, row += inner) {
      const int32_t weight = weights[k];
      if (weight == 0) continue;
      for (int64_t x = 0; x < inner; x++) sums[x] += row[x] * weight;
    }
    // Weights are not negative and their sum is 1, but for rounding: 255 is not passed.
    for (int64_t x = 0; x < inner; x++) target[x] = static_cast<uint8_t>(sums[x] >> kBits);
    target += inner;
  }
}

// (height, width) → (width, height)
void transpose(const uint8_t* source, Size size, uint8_t* target) {
  for (int64_t x = 0; x < size.width; x++) {
    for (int64_t y = 0; y < size.height; y++) *target++ = source[y * size.width + x];
  }
}

// What changes an image's size, and the memory that it takes.
class Resizer {
 public:
  Resizer(Size from, Size to, bool isDownFirst)
      : from_(from),
        to_(to),
        isDownFirst_(isDownFirst),
        across_(tapsOf(from.width, to.width)),
        down_(tapsOf(from.height, to.height)) {
    const auto longest = std::max({from.height, from.width, to.height, to.width});
    sums_.resize(longest);
    for (auto& each : between_) {
      each.resize(std::max(from.height, to.height) * std::max(from.width, to.width));
    }
  }

  void run(const uint8_t* source, uint8_t* target) {
    const bool isWider = from_.width != to_.width;
    const bool isHigher = from_.height != to_.height;
    if (isWider && isHigher && isDownFirst_) {
      weigh(source, from_.width, down_, sums_.data(), between_[2].data());
      weighAcross(between_[2].data(), to_.height, target);
    } else if (isWider && isHigher) {
      weighAcross(source, from_.height, between_[2].data());
      weigh(between_[2].data(), to_.width, down_, sums_.data(), target);
    } else if (isWider) {
      weighAcross(source, from_.height, target);
    } else {
      weigh(source, from_.width, down_, sums_.data(), target);
    }
  }

 private:
  // Turned, so that what is added lies side by side in this direction as well.
  void weighAcross(const uint8_t* source, int64_t height, uint8_t* target) {
    transpose(source, {height, from_.width}, between_[0].data());
    weigh(between_[0].data(), height, across_, sums_.data(), between_[1].data());
    transpose(between_[1].data(), {to_.width, height}, target);
  }

  Size from_;
  Size to_;
  bool isDownFirst_;
  Taps across_;
  Taps down_;
  std::vector<int32_t> sums_;
  std::vector<uint8_t> between_[3];
};

// resizeBytes(images uint8 (…, H, W), height, width, isDownFirst) → uint8 (…, height, width)
// As Pillow's `resize((width, height), BILINEAR)`, bit for bit.
Napi::Value resizeBytes(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  auto& handle = unwrapTensor(environment, info[0], "images");
  const Size to{info[1].ToNumber().Int64Value(), info[2].ToNumber().Int64Value()};
  TORCH_CHECK(handle.tensor.dim() >= 2 && handle.tensor.scalar_type() == c10::kByte &&
                  handle.tensor.is_cpu() && hasOwnElements(handle.tensor),
              "resize: expected uint8 images (…, H, W) in memory");
  const at::Tensor images = handle.tensor.contiguous();
  auto sizes = images.sizes().vec();
  const Size from{sizes.end()[-2], sizes.end()[-1]};
  sizes.end()[-2] = to.height;
  sizes.end()[-1] = to.width;
  const int64_t pixels = from.height * from.width;
  TORCH_CHECK(pixels > 0, "resize: an image without pixels has no other size");
  at::Tensor result = at::empty(sizes, images.options());
  const auto* source = images.const_data_ptr<uint8_t>();
  auto* target = result.mutable_data_ptr<uint8_t>();
  const Resizer resizer(from, to, info[3].ToBoolean());
  // Some ten thousand pixels for each thread at least: less is done before it has begun.
  const int64_t grain = std::max<int64_t>(1, 16384 / (pixels + to.height * to.width));
  at::parallel_for(0, images.numel() / pixels, grain, [&](int64_t begin, int64_t end) {
    Resizer own = resizer;
    for (int64_t i = begin; i < end; i++) {
      own.run(source + i * pixels, target + i * to.height * to.width);
    }
  });
  // No operator: a recording cannot follow it.
  environment.noteRead("resize");
  return {info.Env(), wrapTensor(environment, std::move(result), handle.scope)};
}

// resizeWeights(from, to) → int32 (to, from): what each old pixel of an edge weighs in each new
// one.
Napi::Value resizeWeights(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  const int64_t from = info[0].ToNumber().Int64Value();
  const Taps taps = tapsOf(from, info[1].ToNumber().Int64Value());
  const auto to = static_cast<int64_t>(taps.first.size());
  at::Tensor weights = at::zeros({to, from}, at::TensorOptions().dtype(c10::kInt));
  for (int64_t i = 0; i < to; i++) {
    std::copy_n(&taps.weights[i * taps.count], taps.count,
                weights.mutable_data_ptr<int32_t>() + i * from + taps.first[i]);
  }
  return {info.Env(), wrapTensor(environment, std::move(weights), kNoScope)};
}

}  // namespace

void exportResize(Environment&, Napi::Object exports) {
  exportFunction<resizeBytes>(exports, "resizeBytes");
  exportFunction<resizeWeights>(exports, "resizeWeights");
}

}  // namespace lenet_torch
