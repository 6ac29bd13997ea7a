// The gradient on its way to the other processes and back.
#pragma once

#include <vector>

#include "buffer.h"
#include "model.h"

namespace lenet {

class Exchange {
 public:
  explicit Exchange(const Model& model);
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // The sum of the threads' gradients, for begin … end − 1 of the packed buffer, multiples of 16.
  void gather(const std::vector<const float*>& gradients, int begin, int end);

  // Calls the peers with what all threads have gathered; false if they failed. `stop`: whether this
  // process was asked to, then whether any was.
  bool average(const lenet_fused_peers& peers, bool* stop);

  // Packs what has come back.
  void scatter(int begin, int end);
  // It alone, as the optimizer takes gradients.
  const std::vector<const float*>& averaged() const { return averaged_; }

 private:
  const Layout& layout_;
  Buffer<float> packed_;  // before the exchange the sum, then the average; padding stays zero
  Buffer<float> values_;  // see lenet_fused_peers
  std::vector<float*> tensors_;  // in values_, null for an absent bias
  const std::vector<const float*> averaged_;
};

}  // namespace lenet
