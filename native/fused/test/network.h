// Networks, parameters and data sets for the tests.
#pragma once

#include <array>
#include <random>
#include <string>
#include <vector>

#include "library.h"

// The ten tensors in state_dict order; an absent bias is empty.
template <class T>
using Tensors = std::array<std::vector<T>, LENET_FUSED_TENSORS>;

struct Variant {
  std::string name;
  lenet_fused_network network;
};

lenet_fused_network chapter();        // the chapter's LeNet
std::vector<Variant> all_variants();  // one for each thing that may differ

// PyTorch's default initialisation, times `scale`.
Tensors<float> initial(const lenet_fused_network& network, unsigned seed, float scale = 1);
Tensors<float> empty_like(const Tensors<float>& tensors);
std::array<float*, LENET_FUSED_TENSORS> pointers(Tensors<float>& tensors);
std::array<const float*, LENET_FUSED_TENSORS> pointers(const Tensors<float>& tensors);

int image_size(const lenet_fused_network& network);

// Float images and int64 labels in memory.
struct Samples {
  std::vector<float> images;
  std::vector<int64_t> labels;

  lenet_fused_data view() const;
  int64_t count() const { return static_cast<int64_t>(labels.size()); }
};

// Images of soft random blobs, at which no maximum and no ReLU is a near tie.
Samples tie_free(const lenet_fused_network& network, const Tensors<float>& parameters, int count,
                 unsigned seed);
Samples random_samples(const lenet_fused_network& network, int count, unsigned seed);

// An engine of one library with parameters loaded; throws what the library reports.
class Engine {
 public:
  Engine(const Library& library, const lenet_fused_network& network, int threads,
         const Tensors<float>& parameters);
  ~Engine() { library_.destroy(engine_); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  lenet_fused_engine* get() { return engine_; }
  void require(lenet_fused_status status) const;
  void optimize(const lenet_fused_optimizer& optimizer, int64_t steps = 0);
  lenet_fused_result train(const Samples& samples, int64_t batch_size);
  Tensors<float> gradients(const Samples& samples, lenet_fused_result* result = nullptr);
  Tensors<float> stored(int32_t state = LENET_FUSED_PARAMETERS);
  std::vector<float> predict(const Samples& samples);

 private:
  const Library& library_;
  const Tensors<float> like_;
  const size_t classes_;
  lenet_fused_engine* engine_ = nullptr;
};

lenet_fused_optimizer adam(double lr = 1e-3);
lenet_fused_optimizer sgd(double lr, double momentum = 0);

// ‖a − b‖ / ‖b‖ over one tensor.
double distance(const std::vector<float>& a, const std::vector<double>& b);
