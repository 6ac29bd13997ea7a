#include "reducer.h"

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

// As torch/nn/parallel/distributed.py makes it: a small first bucket, so that sums begin early;
// buckets in the reverse of the parameters' order, about the one in which gradients come.
std::unique_ptr<Reducer> makeReducer(const c10::intrusive_ptr<c10d::ProcessGroup>& group,
                                     const ReducerOptions& options) {
  const std::vector<bool> sparse(options.parameters.size(), false);
  const int64_t first = c10d::kDefaultFirstBucketBytes;
  auto [buckets, limits] = c10d::compute_bucket_assignment_by_size(
      options.parameters, {static_cast<size_t>(first), static_cast<size_t>(options.bucketBytes)},
      sparse);
  std::reverse(buckets.begin(), buckets.end());
  std::unordered_map<size_t, std::string> names;
  for (size_t i = 0; i < options.names.size(); i++) names[i] = options.names[i];
  return std::make_unique<KnownReducer>(
      reducerOf<c10d::Reducer>(options.parameters, buckets, group, sparse, options.bucketBytes,
                               options.findUnused, options.gradientAsBucketView, names, first));
}

}  // namespace lenet_distributed
