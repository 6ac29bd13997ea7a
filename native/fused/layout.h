// Where each tensor of a network lies in the packed parameter buffer.
#pragma once

#include <vector>

#include "network.h"
#include "shape.h"

namespace lenet {

struct Section {
  int begin, end;  // floats; a multiple of 16
  int values;      // how many the tensor has; 0: an absent bias, which has room all the same
  Linear linear;   // of a linear layer's weights, which change their order; otherwise zeros
};

struct Layout {
  explicit Layout(const std::vector<Layer>& layers);
  int values() const;  // of all tensors together

  std::vector<Section> sections;  // weight, bias, weight, bias …
  int convolutions = 0;           // floats; where the first linear layer's weights begin
  int size = 0;                   // floats
};

}  // namespace lenet
