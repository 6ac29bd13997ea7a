#include "network.h"

#include <cmath>
#include <stdexcept>

#include "reference.h"

namespace {

lenet_fused_network make(int in, int side, int c1, int pad1, int c2, int pad2, int f1, int f2,
                         int classes, int activation, int pool, int pool_first) {
  const int s1 = (side + 2 * pad1 - 4) / 2, s2 = (s1 + 2 * pad2 - 4) / 2;
  return {side,
          side,
          {{in, c1, pad1, activation, pool, pool_first, 1},
           {c1, c2, pad2, activation, pool, pool_first, 1}},
          {{c2 * s2 * s2, f1, activation, 1}, {f1, f2, activation, 1}, {f2, classes, 0, 1}}};
}

lenet_fused_network kind(int activation, int pool, int pool_first) {
  return make(1, 28, 6, 0, 16, 0, 120, 84, 10, activation, pool, pool_first);
}

}  // namespace

lenet_fused_network chapter() { return kind(LENET_FUSED_SIGMOID, LENET_FUSED_MAX, 0); }

std::vector<Variant> all_variants() {
  constexpr int S = LENET_FUSED_SIGMOID, R = LENET_FUSED_RELU, T = LENET_FUSED_TANH;
  constexpr int M = LENET_FUSED_MAX, A = LENET_FUSED_AVERAGE;
  lenet_fused_network plain = make(1, 28, 6, 2, 16, 0, 120, 84, 10, R, M, 0);
  for (auto& conv : plain.conv) conv.bias = 0;
  for (auto& linear : plain.linear) linear.bias = 0;
  lenet_fused_network mixed = make(3, 32, 8, 2, 20, 2, 100, 50, 13, T, A, 1);
  mixed.conv[1] = {8, 20, 2, R, M, 1, 1};
  mixed.linear[0].activation = S;
  lenet_fused_network wide = make(1, 30, 5, 0, 7, 2, 61, 33, 3, S, M, 1);
  wide.height = 26;
  wide.linear[0].in_features = 7 * 5 * 6;
  return {{"chapter", chapter()},
          {"sigmoid, max, pool first", kind(S, M, 1)},
          {"sigmoid, average", kind(S, A, 0)},
          {"sigmoid, average first", kind(S, A, 1)},
          {"relu, max", kind(R, M, 0)},
          {"relu, average", kind(R, A, 0)},
          {"tanh, max", kind(T, M, 0)},
          {"tanh, average first", kind(T, A, 1)},
          {"padding 2, no bias", plain},
          {"padding 2, sigmoid, average", make(1, 28, 6, 2, 16, 0, 120, 84, 10, S, A, 0)},
          {"1998 sizes", make(1, 32, 6, 0, 16, 0, 120, 84, 10, T, A, 0)},
          {"three channels, mixed", mixed},
          {"odd sizes", wide},
          {"wide", make(1, 28, 20, 0, 50, 0, 500, 64, 10, R, M, 0)},
          {"one of everything", make(1, 16, 1, 0, 1, 0, 1, 1, 1, T, M, 0)}};
}

Tensors<float> initial(const lenet_fused_network& n, unsigned seed, float scale) {
  std::mt19937 random(seed);
  Tensors<float> tensors;
  for (int i = 0; i < 5; ++i) {
    const bool conv = i < 2;
    const int fan_in = conv ? n.conv[i].in_channels * 25 : n.linear[i - 2].in_features;
    const int outs = conv ? n.conv[i].out_channels : n.linear[i - 2].out_features;
    const bool bias = conv ? n.conv[i].bias : n.linear[i - 2].bias;
    const float bound = scale / std::sqrt(static_cast<float>(fan_in));
    std::uniform_real_distribution<float> uniform(-bound, bound);
    tensors[2 * i].resize(outs * fan_in);
    tensors[2 * i + 1].resize(bias ? outs : 0);
    for (auto* tensor : {&tensors[2 * i], &tensors[2 * i + 1]}) {
      for (float& x : *tensor) x = uniform(random);
    }
  }
  return tensors;
}

Tensors<float> empty_like(const Tensors<float>& tensors) {
  Tensors<float> result;
  for (size_t t = 0; t < tensors.size(); ++t) result[t].assign(tensors[t].size(), 0);
  return result;
}

std::array<float*, LENET_FUSED_TENSORS> pointers(Tensors<float>& tensors) {
  std::array<float*, LENET_FUSED_TENSORS> result;
  for (size_t t = 0; t < tensors.size(); ++t) {
    result[t] = tensors[t].empty() ? nullptr : tensors[t].data();
  }
  return result;
}

std::array<const float*, LENET_FUSED_TENSORS> pointers(const Tensors<float>& tensors) {
  std::array<const float*, LENET_FUSED_TENSORS> result;
  for (size_t t = 0; t < tensors.size(); ++t) {
    result[t] = tensors[t].empty() ? nullptr : tensors[t].data();
  }
  return result;
}

int image_size(const lenet_fused_network& n) { return n.conv[0].in_channels * n.height * n.width; }

lenet_fused_data Samples::view() const {
  return {images.data(), labels.data(), count(), LENET_FUSED_FLOAT32, LENET_FUSED_INT64, nullptr};
}

Samples random_samples(const lenet_fused_network& n, int count, unsigned seed) {
  std::mt19937 random(seed);
  std::uniform_real_distribution<float> pixel(0, 1);
  std::uniform_int_distribution<int64_t> label(0, n.linear[2].out_features - 1);
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
    : library_(library), like_(empty_like(parameters)), classes_(network.linear[2].out_features) {
  require(library.create(&network, threads, &engine_));
  require(library.load(engine_, LENET_FUSED_PARAMETERS, pointers(parameters).data()));
}

void Engine::require(lenet_fused_status status) const {
  if (status != LENET_FUSED_OK) throw std::runtime_error(library_.message());
}

void Engine::optimize(const lenet_fused_optimizer& optimizer, int64_t steps) {
  require(library_.set_optimizer(engine_, &optimizer, steps));
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
