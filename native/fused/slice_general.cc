// Every other network: the same code with sizes known at run time.
#include "slice_of.h"

namespace lenet {

std::unique_ptr<Slice> make_general_slice(const Model& model, bool training) {
  return std::make_unique<SliceOf<RuntimeSizes>>(model, RuntimeSizes{model.shape}, training);
}

}  // namespace lenet
