// One thread's share of a batch: forward, loss, backward.
#pragma once

#include <memory>

#include "loss.h"
#include "model.h"
#include "profile.h"

namespace lenet {

// A request of so many images is sooner done one by one than as lanes of a vector, one of which
// costs four fifths of an image by itself. The rest of a larger request goes in lanes all the same:
// otherwise its bits would depend on how the threads share it.
inline constexpr int kMostSingly = 3 * kLanes / 4;

class Slice {
 public:
  virtual ~Slice() = default;

  // Adds samples begin … end − 1 to `tally` and, for loss · scale, to the gradient.
  virtual void train(const Batch& batch, int64_t begin, int64_t end, float scale, Tally* tally) = 0;

  // At most kPieceImages samples. Either of `tally` and `logits` may be null; logits are
  // (sample, class), row-major.
  virtual void infer(const Batch& batch, int64_t begin, int64_t end, Tally* tally,
                     float* logits) = 0;

  // The gradient since the last begin_gradient(), laid out like the parameters.
  virtual void begin_gradient() = 0;
  virtual void end_gradient() = 0;
  virtual const float* gradient() const = 0;

  virtual Profile& profile() = 0;
};

// A slice compiled for the model's sizes if there is one, otherwise a general one.
std::unique_ptr<Slice> make_slice(const Model& model, bool training);
std::unique_ptr<Slice> make_chapter_slice(const Model& model, bool training);
std::unique_ptr<Slice> make_general_slice(const Model& model, bool training);
// For networks that are not like the chapter's: layer by layer.
std::unique_ptr<Slice> make_layered_slice(const Model& model, bool training);

}  // namespace lenet
