#include "reducer.h"

#include <limits>

#include "compat.h"

namespace lenet_distributed {
namespace {

class KnownReducer : public Reducer {
 public:
  explicit KnownReducer(std::unique_ptr<c10d::Reducer> reducer) : reducer_(std::move(reducer)) {}
  void prepareForward() override { reducer_->prepare_for_forward(); }
  void prepareBackward(const std::vector<at::Tensor>& outputs) override {
    reducer_->prepare_for_backward(outputs);
  }
  bool rebuildBuckets() override { return reducer_->rebuild_buckets(); }

 private:
  std::unique_ptr<c10d::Reducer> reducer_;
};

}  // namespace

// As torch/nn/parallel/distributed.py makes it: one bucket for all until the order is known in which
// gradients come, since sums in another order than on other ranks would be of the wrong parameters.
std::unique_ptr<Reducer> makeReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                                     const ReducerOptions& options) {
  const std::vector<bool> sparse(options.parameters.size(), false);
  std::vector<size_t> limits{std::numeric_limits<int64_t>::max()};
  if (options.findUnused) {
    limits = {static_cast<size_t>(options.firstBucketBytes),
              static_cast<size_t>(options.bucketBytes)};
  }
  auto [buckets, _] =
      c10d::compute_bucket_assignment_by_size(options.parameters, limits, sparse);
  std::reverse(buckets.begin(), buckets.end());
  std::unordered_map<size_t, std::string> names;
  for (size_t i = 0; i < options.names.size(); i++) names[i] = options.names[i];
  return std::make_unique<KnownReducer>(
      reducerOf<c10d::Reducer>(options.parameters, buckets, group, sparse, options.bucketBytes,
                               options.findUnused, options.gradientAsBucketView, names,
                               options.firstBucketBytes));
}

}  // namespace lenet_distributed
