// The chapter's LeNet: every loop bound is a constant.
#include "slice_of.h"

namespace lenet {

std::unique_ptr<Slice> make_chapter_slice(const Model& model, bool training) {
  return std::make_unique<SliceOf<ChapterSizes>>(model, ChapterSizes{}, training);
}

}  // namespace lenet
