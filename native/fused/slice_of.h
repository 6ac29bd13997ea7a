// Slice for one kind of sizes; each is compiled in a file of its own, because it takes long.
#pragma once

#include <algorithm>

#include "backward.h"
#include "forward.h"
#include "parameters.h"
#include "single.h"
#include "slice.h"

namespace lenet {

template <class Sizes>
class SliceOf final : public Slice {
 public:
  SliceOf(const Model& model, Sizes sizes, bool training)
      : model_(model), sizes_(sizes), work_(model, training) {
    if (training) gradient_ = Buffer<float>(sizes_.shape.size());
  }

  void train(const Batch& batch, int64_t begin, int64_t end, float scale, Tally* tally) override {
    for (; begin < end; begin += kPieceImages) {
      const int count = static_cast<int>(std::min<int64_t>(kPieceImages, end - begin));
      piece<true>(batch, begin, count, scale, tally, nullptr);
      for (int i = 0; i < 3; ++i) {
        const Linear layer = sizes_.shape.linear[i];
        linear_weights(layer, work_.features[i].data(), layer.in_padded, work_.rows[i].data(),
                       count, gradient_.data() + sizes_.shape.offset[4 + 2 * i]);
        linear_bias(layer, work_.rows[i].data(), count,
                    gradient_.data() + sizes_.shape.offset[5 + 2 * i]);
      }
      profile_.mark(kLinearWeights);
    }
  }

  void infer(const Batch& batch, int64_t begin, int64_t end, Tally* tally, float* logits) override {
    if (!tally && logits && begin == 0 && end <= kMostSingly) {
      if (!single_) single_ = std::make_unique<SingleBuffers>(sizes_.shape);
      for (; begin < end; ++begin, logits += classes()) {
        single_image(model_, sizes_, batch, begin, *single_, logits);
      }
      return;
    }
    piece<false>(batch, begin, static_cast<int>(end - begin), 0, tally, logits);
  }

  void begin_gradient() override {
    gradient_.clear();
    for (auto& windows : work_.windows) windows.clear();
    for (auto& dense : work_.dense) dense.clear();
  }

  void end_gradient() override {
    for (int b = 0; b < 2; ++b) {
      const Conv conv = sizes_.shape.conv[b];
      float* gradient = gradient_.data() + sizes_.shape.offset[2 * b];
      if (model_.pooling(b) == Pooling::kMax) {
        add_windows(conv, work_.windows[b].data(), gradient);
      } else {
        const int weights = conv.out_channels * conv.in_channels * kTaps;
        for (int i = 0; i < weights; ++i) gradient[i] += sum(work_.dense[b][i]);
      }
    }
    profile_.mark(kRearrange);
  }

  const float* gradient() const override { return gradient_.data(); }
  Profile& profile() override { return profile_; }

 private:
  template <bool kTraining>
  void piece(const Batch& batch, int64_t begin, int count, float scale, Tally* tally,
             float* logits) {
    profile_.start();
    if (tally) {
      for (int i = 0; i < count; ++i) {
        work_.labels[i] = label_at(*batch.data, batch.index(begin + i));
      }
    }
    const int groups = (count + kLanes - 1) / kLanes;
    for (int group = 0; group < groups; group += kPair) {
      const int pair = std::min(kPair, groups - group);
      int live[kPair] = {};
      for (int p = 0; p < pair; ++p) {
        live[p] = std::min(kLanes, count - (group + p) * kLanes);
        const int first = (group + p) * kLanes, ahead = count - first - live[p];
        convolutions<kTraining>(batch, begin + first, group + p, p, live[p], ahead);
      }
      if (pair == 2) {
        linear_layers<2>(model_, sizes_.shape, group, work_);
      } else {
        linear_layers<1>(model_, sizes_.shape, group, work_);
      }
      profile_.mark(kLinearForward);
      for (int p = 0; p < pair; ++p) {
        const int first = (group + p) * kLanes;
        if (logits) write_logits(p, live[p], logits + static_cast<int64_t>(first) * classes());
        if (tally) {
          cross_entropy(classes(), work_.logits[p].data(), work_.labels + first, live[p], scale,
                        kTraining ? work_.gradient[p][3].data() : nullptr,
                        work_.exponentials.data(), tally);
        }
      }
      profile_.mark(kLoss);
      if constexpr (kTraining) backward(group, pair, live);
    }
  }

  template <bool kTraining>
  void convolutions(const Batch& batch, int64_t first, int group, int p, int live, int ahead) {
    const Conv conv1 = sizes_.shape.conv[0], conv2 = sizes_.shape.conv[1];
    read_group(conv1, batch, first, live, ahead,
               work_.images.data() + p * kLanes * conv1.image_size(), work_.lanes[p].data());
    profile_.mark(kReadImages);
    const Planes middle = {work_.middle[p].data() + conv2.padding * conv2.width + conv2.padding,
                           conv2.plane(), conv2.width};
    block_forward<Sizes, 0, kTraining>(model_, sizes_, work_.lanes[p].data(), results(middle, p, 0),
                                       work_);
    profile_.mark(kConv1);
    const Planes flat = {work_.features[0].data() + group * sizes_.shape.linear[0].in_padded,
                         conv2.pooled(), conv2.pool_width};
    block_forward<Sizes, 1, kTraining>(model_, sizes_, work_.middle[p].data(), results(flat, p, 1),
                                       work_);
    profile_.mark(kConv2);
  }

  void backward(int group, int pair, const int (&live)[kPair]) {
    if (pair == 2) {
      linear_layers_backward<2>(model_, sizes_.shape, group, work_);
    } else {
      linear_layers_backward<1>(model_, sizes_.shape, group, work_);
    }
    profile_.mark(kLinearBackward);
    for (int p = 0; p < pair; ++p) {
      convolutions_backward(
          model_, sizes_, p, live[p],
          work_.features[0].data() + (group + p) * sizes_.shape.linear[0].in_padded, work_,
          gradient_.data(), profile_);
    }
  }

  Results results(Planes out, int p, int block) {
    return {out, work_.winner[p][block].data(), work_.four[p][block].data()};
  }

  void write_logits(int p, int live, float* to) {
    for (int l = 0; l < live; ++l) {
      for (int k = 0; k < classes(); ++k) *to++ = work_.logits[p][k][l];
    }
  }

  int classes() const { return sizes_.shape.linear[2].out; }

  const Model& model_;
  const Sizes sizes_;
  Workspace work_;
  Buffer<float> gradient_;
  Profile profile_;
  std::unique_ptr<SingleBuffers> single_;
};

}  // namespace lenet
