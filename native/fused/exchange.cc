#include "exchange.h"

#include "parameters.h"
#include "vector.h"

namespace lenet {

Exchange::Exchange(const Model& model)
    : layout_(model.layout),
      packed_(layout_.size),
      values_(layout_.values() + 1),
      averaged_{packed_.data()} {
  float* at = values_.data();
  for (const Section& section : layout_.sections) {
    tensors_.push_back(section.values > 0 ? at : nullptr);
    at += section.values;
  }
}

void Exchange::gather(const std::vector<const float*>& gradients, int begin, int end) {
  for (int i = begin; i < end; i += kLanes) {
    Vec total = load<Vec>(gradients[0] + i);
    for (size_t t = 1; t < gradients.size(); ++t) total += load<Vec>(gradients[t] + i);
    store(packed_.data() + i, total);
  }
  unpack_range(layout_, packed_.data(), tensors_.data(), begin, end);
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
  pack_range(layout_, tensors_.data(), packed_.data(), begin, end);
}

}  // namespace lenet
