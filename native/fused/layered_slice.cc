// Slice for any network that is not like the chapter's: layer by layer, all in lanes.
#include <algorithm>

#include "head.h"
#include "layered_single.h"
#include "slice.h"
#include "trunk.h"

namespace lenet {

namespace {

class LayeredSlice final : public Slice {
 public:
  LayeredSlice(const Model& model, bool training)
      : model_(model),
        trunk_(model, training),
        most_(trunk_.size() > 0 ? 1 : kPieceGroups),
        head_(model, training, most_),
        exponentials_(model.classes()) {
    if (training) gradient_ = Buffer<float>(model.layout.size);
  }

  void train(const Batch& batch, int64_t begin, int64_t end, float scale, Tally* tally) override {
    for (; begin < end; begin += kPieceImages) {
      const int count = static_cast<int>(std::min<int64_t>(kPieceImages, end - begin));
      piece<true>(batch, begin, count, scale, tally, nullptr);
      head_.weights(count, gradient_.data());
      profile_.mark(kLinearWeights);
    }
  }

  void infer(const Batch& batch, int64_t begin, int64_t end, Tally* tally, float* logits) override {
    if (!tally && logits && begin == 0 && end <= kMostSingly) {
      if (!single_) single_ = std::make_unique<LayeredSingle>(model_);
      for (; begin < end; ++begin, logits += model_.classes()) {
        single_->run(batch, begin, logits);
      }
      return;
    }
    if (prepared_ != model_.version) trunk_.prepare();
    prepared_ = model_.version;
    piece<false>(batch, begin, static_cast<int>(end - begin), 0, tally, logits);
  }

  void begin_gradient() override {
    gradient_.clear();
    trunk_.prepare();
  }

  void end_gradient() override {}

  const float* gradient() const override { return gradient_.data(); }
  Profile& profile() override { return profile_; }

 private:
  template <bool kTraining>
  void piece(const Batch& batch, int64_t begin, int count, float scale, Tally* tally,
             float* logits) {
    profile_.start();
    const int groups = (count + kLanes - 1) / kLanes;
    for (int group = 0; group < groups; group += most_) {
      const int together = std::min(most_, groups - group);
      const auto first_of = [&](int p) { return (group + p) * kLanes; };
      const auto live_of = [&](int p) { return std::min(kLanes, count - first_of(p)); };
      for (int p = 0; p < together; ++p) {
        const int ahead = std::min(kLanes, count - first_of(p) - live_of(p));
        trunk_.forward(batch, begin + first_of(p), live_of(p), ahead, head_.features(group + p),
                       profile_);
      }
      head_.forward(group, together);
      profile_.mark(kLinearForward);
      for (int p = 0; p < together; ++p) {
        if (logits) write_logits(p, live_of(p), logits + int64_t{first_of(p)} * model_.classes());
        if (tally) {
          int64_t labels[kLanes];
          for (int l = 0; l < live_of(p); ++l) {
            labels[l] = label_at(*batch.data, batch.index(begin + first_of(p) + l));
          }
          cross_entropy(model_.classes(), head_.logits(p), labels, live_of(p), scale,
                        kTraining ? head_.logit_gradient(p) : nullptr, exponentials_.data(), tally);
        }
      }
      profile_.mark(kLoss);
      if constexpr (!kTraining) continue;
      head_.backward(group, together, trunk_.learns());
      profile_.mark(kLinearBackward);
      if (trunk_.learns()) trunk_.backward(head_.feature_gradient(0), gradient_.data(), profile_);
    }
  }

  void write_logits(int p, int live, float* to) {
    for (int l = 0; l < live; ++l) {
      for (int k = 0; k < model_.classes(); ++k) *to++ = head_.logits(p)[k][l];
    }
  }

  const Model& model_;
  Trunk trunk_;
  int64_t prepared_ = -1;  // the model's version
  const int most_;         // groups together: a trunk keeps what it computed of one at a time
  Head head_;
  Buffer<Vec> exponentials_;
  Buffer<float> gradient_;
  std::unique_ptr<LayeredSingle> single_;
  Profile profile_;
};

}  // namespace

std::unique_ptr<Slice> make_layered_slice(const Model& model, bool training) {
  return std::make_unique<LayeredSlice>(model, training);
}

}  // namespace lenet
