#include "exchange.h"

#include "parameters.h"
#include "vector.h"

namespace lenet {

namespace {

using Sizes = std::array<int, LENET_FUSED_TENSORS>;

// How many values each tensor has; 0 for an absent bias.
Sizes sizes_of(const Model& model) {
  Sizes sizes;
  for (int i = 0; i < 2; ++i) {
    const Conv& conv = model.shape.conv[i];
    sizes[2 * i] = conv.out_channels * conv.in_channels * kTaps;
    sizes[2 * i + 1] = model.network.conv[i].bias ? conv.out_channels : 0;
  }
  for (int i = 0; i < 3; ++i) {
    const Linear& layer = model.shape.linear[i];
    sizes[4 + 2 * i] = layer.out * layer.in;
    sizes[5 + 2 * i] = model.network.linear[i].bias ? layer.out : 0;
  }
  return sizes;
}

size_t sum(const Sizes& sizes) {
  size_t total = 0;
  for (int size : sizes) total += size;
  return total;
}

}  // namespace

Exchange::Exchange(const Model& model)
    : shape_(model.shape),
      packed_(shape_.size()),
      values_(sum(sizes_of(model)) + 1),
      averaged_{packed_.data()} {
  const Sizes sizes = sizes_of(model);
  float* at = values_.data();
  for (int t = 0; t < LENET_FUSED_TENSORS; ++t) {
    if (sizes[t] > 0) tensors_[t] = at;
    at += sizes[t];
  }
}

void Exchange::gather(const std::vector<const float*>& gradients, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    Vec total = load<Vec>(gradients[0] + i);
    for (size_t t = 1; t < gradients.size(); ++t) total += load<Vec>(gradients[t] + i);
    store(packed_.data() + i, total);
  }
  unpack_range(shape_, packed_.data(), tensors_.data(), begin, end);
}

bool Exchange::average(const lenet_fused_peers& peers, bool* stop) {
  float& asked = values_[values_.size() - 1];
  asked = *stop ? 1 : 0;
  const auto count = static_cast<int64_t>(values_.size());
  if (peers.average(values_.data(), count, peers.context) != 0) return false;
  *stop = asked > 0;
  return true;
}

void Exchange::scatter(int begin, int end) {
  pack_range(shape_, tensors_.data(), packed_.data(), begin, end);
}

}  // namespace lenet
