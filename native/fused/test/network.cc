#include "network.h"

#include <cmath>
#include <stdexcept>

#include "reference.h"

namespace {

using Layers = std::vector<lenet_fused_layer>;

// [5×5 convolution, pooling] × 2 → linear × 3.
Layers lenet(int c1, int pad1, int c2, int pad2, int f1, int f2, int classes, int which,
             int pooling, bool pool_first, int bias = 1) {
  Layers layers;
  for (const auto& convolution : {conv(c1, 5, pad1, 1, bias), conv(c2, 5, pad2, 1, bias)}) {
    layers.push_back(convolution);
    layers.push_back(pool_first ? pool(pooling) : activation(which));
    layers.push_back(pool_first ? activation(which) : pool(pooling));
  }
  for (int features : {f1, f2}) {
    layers.push_back(linear(features, bias));
    layers.push_back(activation(which));
  }
  layers.push_back(linear(classes, bias));
  return layers;
}

lenet_fused_network kind(int which, int pooling, bool pool_first) {
  return network_of(1, 28, 28, lenet(6, 0, 16, 0, 120, 84, 10, which, pooling, pool_first));
}

}  // namespace

lenet_fused_layer conv(int outputs, int kernel, int padding, int stride, int bias) {
  return {LENET_FUSED_CONVOLUTION, outputs, kernel, stride, padding, bias, 0, 0};
}

lenet_fused_layer pool(int kind, int kernel) { return {kind, 0, kernel, 2, 0, 0, 0, 0}; }

lenet_fused_layer activation(int which, float slope) {
  return {LENET_FUSED_ACTIVATE, 0, 0, 0, 0, 0, which, slope};
}

lenet_fused_layer linear(int outputs, int bias) {
  return {LENET_FUSED_LINEAR, outputs, 0, 0, 0, bias, 0, 0};
}

lenet_fused_network network_of(int channels, int height, int width, const Layers& layers) {
  lenet_fused_network network{channels, height, width, static_cast<int32_t>(layers.size()), {}};
  std::copy(layers.begin(), layers.end(), network.layers);
  return network;
}

std::vector<Sizes> sizes_of(const lenet_fused_network& network) {
  std::vector<Sizes> sizes;
  int channels = network.channels, height = network.height, width = network.width;
  for (int i = 0; i < network.count; ++i) {
    const lenet_fused_layer& layer = network.layers[i];
    Sizes s{channels, height, width, channels, height, width};
    if (layer.kind == LENET_FUSED_LINEAR) {
      s.out_height = s.out_width = 1;
    } else if (layer.kind != LENET_FUSED_ACTIVATE) {
      s.out_height = (height + 2 * layer.padding - layer.kernel) / layer.stride + 1;
      s.out_width = (width + 2 * layer.padding - layer.kernel) / layer.stride + 1;
    }
    if (layer.outputs > 0) s.out_channels = layer.outputs;
    channels = s.out_channels, height = s.out_height, width = s.out_width;
    sizes.push_back(s);
  }
  return sizes;
}

int classes_of(const lenet_fused_network& n) { return n.layers[n.count - 1].outputs; }

lenet_fused_network chapter() { return kind(LENET_FUSED_SIGMOID, LENET_FUSED_MAX_POOL, false); }

std::vector<Variant> lenet_variants() {
  constexpr int S = LENET_FUSED_SIGMOID, R = LENET_FUSED_RELU, T = LENET_FUSED_TANH;
  constexpr int M = LENET_FUSED_MAX_POOL, A = LENET_FUSED_AVERAGE_POOL;
  const Layers mixed = {conv(8, 5, 2), pool(A),       activation(T), conv(20, 5, 2),
                        pool(M),       activation(R), linear(100),   activation(S),
                        linear(50),    activation(T), linear(13)};
  return {{"chapter", chapter()},
          {"sigmoid, max, pool first", kind(S, M, true)},
          {"sigmoid, average", kind(S, A, false)},
          {"sigmoid, average first", kind(S, A, true)},
          {"relu, max", kind(R, M, false)},
          {"relu, average", kind(R, A, false)},
          {"tanh, max", kind(T, M, false)},
          {"tanh, average first", kind(T, A, true)},
          {"padding 2, no bias",
           network_of(1, 28, 28, lenet(6, 2, 16, 0, 120, 84, 10, R, M, false, 0))},
          {"padding 2, sigmoid, average",
           network_of(1, 28, 28, lenet(6, 2, 16, 0, 120, 84, 10, S, A, false))},
          {"1998 sizes", network_of(1, 32, 32, lenet(6, 0, 16, 0, 120, 84, 10, T, A, false))},
          {"three channels, mixed", network_of(3, 32, 32, mixed)},
          {"odd sizes", network_of(1, 26, 30, lenet(5, 0, 7, 2, 61, 33, 3, S, M, true))},
          {"wide", network_of(1, 28, 28, lenet(20, 0, 50, 0, 500, 64, 10, R, M, false))},
          {"one of everything", network_of(1, 16, 16, lenet(1, 0, 1, 0, 1, 1, 1, T, M, false))}};
}

std::vector<Variant> all_variants() {
  std::vector<Variant> all = lenet_variants();
  for (unsigned seed = 0; seed < 24; ++seed) all.push_back(generated(seed));
  return all;
}

Tensors<float> initial(const lenet_fused_network& n, unsigned seed, float scale) {
  std::mt19937 random(seed);
  Tensors<float> tensors;
  const std::vector<Sizes> sizes = sizes_of(n);
  for (int i = 0; i < n.count; ++i) {
    const lenet_fused_layer& layer = n.layers[i];
    if (layer.outputs == 0) continue;
    const bool is_conv = layer.kind == LENET_FUSED_CONVOLUTION;
    const int fan_in = is_conv ? sizes[i].in_channels * layer.kernel * layer.kernel : sizes[i].in();
    const float bound = scale / std::sqrt(static_cast<float>(fan_in));
    std::uniform_real_distribution<float> uniform(-bound, bound);
    for (int size : {layer.outputs * fan_in, layer.bias ? layer.outputs : 0}) {
      tensors.emplace_back(size);
      for (float& x : tensors.back()) x = uniform(random);
    }
  }
  return tensors;
}

Tensors<float> empty_like(const Tensors<float>& tensors) {
  Tensors<float> result(tensors.size());
  for (size_t t = 0; t < tensors.size(); ++t) result[t].assign(tensors[t].size(), 0);
  return result;
}

std::vector<float*> pointers(Tensors<float>& tensors) {
  std::vector<float*> result;
  for (auto& tensor : tensors) result.push_back(tensor.empty() ? nullptr : tensor.data());
  return result;
}

std::vector<const float*> pointers(const Tensors<float>& tensors) {
  std::vector<const float*> result;
  for (auto& tensor : tensors) result.push_back(tensor.empty() ? nullptr : tensor.data());
  return result;
}

int image_size(const lenet_fused_network& n) { return n.channels * n.height * n.width; }

lenet_fused_data Samples::view() const {
  return {images.data(), labels.data(), count(), LENET_FUSED_FLOAT32, LENET_FUSED_INT64, nullptr};
}

Samples random_samples(const lenet_fused_network& n, int count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> pixel(0, 1);
  std::uniform_int_distribution<int64_t> label(0, classes_of(n) - 1);
  Samples samples;
  for (int i = 0; i < count * image_size(n); ++i) samples.images.push_back(pixel(random));
  for (int i = 0; i < count; ++i) samples.labels.push_back(label(random));
  return samples;
}

Samples tie_free(const lenet_fused_network& n, const Tensors<float>& parameters, int count,
                 unsigned seed) {
  Reference reference(n, parameters);
  Samples samples;
  for (unsigned at = seed * 100000; samples.count() < count; ++at) {
    const Samples one = random_samples(n, 1, at);
    reference.forward(one.images.data(), one.labels[0]);
    if (reference.gap() < 3e-6) continue;
    samples.images.insert(samples.images.end(), one.images.begin(), one.images.end());
    samples.labels.push_back(one.labels[0]);
  }
  return samples;
}

Engine::Engine(const Library& library, const lenet_fused_network& network, int threads,
               const Tensors<float>& parameters)
    : library_(library), like_(empty_like(parameters)), classes_(classes_of(network)) {
  require(library.create(&network, threads, &engine_));
  require(library.load(engine_, LENET_FUSED_PARAMETERS, pointers(parameters).data()));
}

void Engine::require(lenet_fused_status status) const {
  if (status != LENET_FUSED_OK) throw std::runtime_error(library_.message());
}

void Engine::optimize(const lenet_fused_optimizer& optimizer, int64_t steps) {
  require(library_.set_optimizer(engine_, &optimizer, 1, nullptr, steps));
}

lenet_fused_result Engine::train(const Samples& samples, int64_t batch_size) {
  const lenet_fused_data data = samples.view();
  lenet_fused_result result;
  require(library_.train(engine_, &data, nullptr, data.count, batch_size, nullptr, nullptr, nullptr,
                         &result));
  return result;
}

Tensors<float> Engine::gradients(const Samples& samples, lenet_fused_result* result) {
  const lenet_fused_data data = samples.view();
  Tensors<float> tensors = like_;
  require(
      library_.gradients(engine_, &data, nullptr, data.count, pointers(tensors).data(), result));
  return tensors;
}

Tensors<float> Engine::stored(int32_t state) {
  Tensors<float> tensors = like_;
  require(library_.store(engine_, state, pointers(tensors).data()));
  return tensors;
}

std::vector<float> Engine::predict(const Samples& samples) {
  const lenet_fused_data data = samples.view();
  std::vector<float> logits(data.count * classes_);
  require(library_.predict(engine_, &data, nullptr, data.count, logits.data()));
  return logits;
}

lenet_fused_optimizer adam(double lr) {
  return {LENET_FUSED_ADAM, 0, lr, 0, 0.9, 0.999, 1e-8, 0, 0};
}

lenet_fused_optimizer sgd(double lr, double momentum) {
  return {LENET_FUSED_SGD, 0, lr, 0, 0, 0, 0, momentum, 0};
}

double distance(const std::vector<float>& a, const std::vector<double>& b) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < b.size(); ++i) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return norm == 0 ? std::sqrt(difference) : std::sqrt(difference / norm);
}
