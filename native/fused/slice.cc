#include "slice.h"

namespace lenet {

std::unique_ptr<Slice> make_slice(const Model& model, bool training) {
  if (!model.is_lenet()) return make_layered_slice(model, training);
  const bool is_chapter = std::memcmp(&model.shape, &ChapterSizes::shape, sizeof(Shape)) == 0;
  return is_chapter ? make_chapter_slice(model, training) : make_general_slice(model, training);
}

}  // namespace lenet
