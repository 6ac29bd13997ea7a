// Networks, parameters and data sets for the tests.
#pragma once

#include <random>
#include <string>
#include <vector>

#include "library.h"

// The tensors in state_dict order; an absent bias is empty.
template <class T>
using Tensors = std::vector<std::vector<T>>;

lenet_fused_layer conv(int outputs, int kernel = 5, int padding = 0, int stride = 1, int bias = 1);
lenet_fused_layer pool(int kind, int kernel = 2);
lenet_fused_layer activation(int which, float slope = 0);
lenet_fused_layer linear(int outputs, int bias = 1);
lenet_fused_network network_of(int channels, int height, int width,
                               const std::vector<lenet_fused_layer>& layers);

// What goes into a layer, and what comes out.
struct Sizes {
  int in_channels, in_height, in_width, out_channels, out_height, out_width;
  int in() const { return in_channels * in_height * in_width; }
  int out() const { return out_channels * out_height * out_width; }
};
std::vector<Sizes> sizes_of(const lenet_fused_network& network);
int classes_of(const lenet_fused_network& network);

struct Variant {
  std::string name;
  lenet_fused_network network;
};

lenet_fused_network chapter();          // the chapter's LeNet
std::vector<Variant> lenet_variants();  // like the chapter's: one for each thing that may differ
std::vector<Variant> all_variants();    // those, and generated ones
// A network of any layers that there are, small enough for the reference.
Variant generated(unsigned seed);

// PyTorch's default initialisation, times `scale`.
Tensors<float> initial(const lenet_fused_network& network, unsigned seed, float scale = 1);
Tensors<float> empty_like(const Tensors<float>& tensors);
std::vector<float*> pointers(Tensors<float>& tensors);
std::vector<const float*> pointers(const Tensors<float>& tensors);

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
