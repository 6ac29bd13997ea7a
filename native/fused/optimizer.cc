#include "optimizer.h"

#include <cmath>

#include "vector.h"

namespace lenet {

namespace {

LENET_INLINE Vec total(const std::vector<const float*>& gradients, int i) {
  Vec g = load<Vec>(gradients[0] + i);
  for (size_t t = 1; t < gradients.size(); ++t) g += load<Vec>(gradients[t] + i);
  return g;
}

}  // namespace

void Optimizer::configure(const lenet_fused_optimizer& options, int64_t steps, int size) {
  if (!configured_ || options.algorithm != options_.algorithm || steps == 0) {
    for (auto& moment : moments_) moment = Buffer<float>();
  }
  const int needed = options.algorithm == LENET_FUSED_ADAM ? 2 : options.momentum != 0 ? 1 : 0;
  for (int i = 0; i < needed; ++i) {
    if (moments_[i].size() == 0) moments_[i] = Buffer<float>(size);
  }
  options_ = options;
  steps_ = steps;
  configured_ = true;
}

void Optimizer::begin_step() { ++steps_; }

void Optimizer::update(float* parameters, const std::vector<const float*>& gradients, int begin,
                       int end) {
  if (options_.algorithm == LENET_FUSED_ADAM) {
    adam(parameters, gradients, begin, end);
  } else {
    sgd(parameters, gradients, begin, end);
  }
}

void Optimizer::adam(float* parameters, const std::vector<const float*>& gradients, int begin,
                     int end) {
  // PyTorch forms these in double precision, then rounds to float32.
  const double step = static_cast<double>(steps_);
  const float step_size = static_cast<float>(options_.lr / (1 - std::pow(options_.beta1, step)));
  const float correction = static_cast<float>(std::sqrt(1 - std::pow(options_.beta2, step)));
  const float weight1 = static_cast<float>(1 - options_.beta1);
  const float beta2 = static_cast<float>(options_.beta2);
  const float weight2 = static_cast<float>(1 - options_.beta2);
  const float eps = static_cast<float>(options_.eps);
  const float decay = static_cast<float>(options_.weight_decay);
  float *first = moments_[0].data(), *second = moments_[1].data();
  for (int i = begin; i < end; i += kLanes) {
    Vec p = load<Vec>(parameters + i), m = load<Vec>(first + i), v = load<Vec>(second + i);
    Vec g = total(gradients, i);
    if (decay != 0) g += decay * p;
    m += weight1 * (g - m);
    v = beta2 * v + weight2 * (g * g);
    p -= step_size * (m / (sqrt(v) / correction + eps));
    store(parameters + i, p);
    store(first + i, m);
    store(second + i, v);
  }
}

void Optimizer::sgd(float* parameters, const std::vector<const float*>& gradients, int begin,
                    int end) {
  const float lr = static_cast<float>(options_.lr);
  const float momentum = static_cast<float>(options_.momentum);
  const float keep = static_cast<float>(1 - options_.dampening);
  const float decay = static_cast<float>(options_.weight_decay);
  const bool is_first = steps_ == 1;  // the first step copies the gradient, without dampening
  float* buffer = moments_[0].data();
  for (int i = begin; i < end; i += kLanes) {
    Vec p = load<Vec>(parameters + i);
    Vec g = total(gradients, i);
    if (decay != 0) g += decay * p;
    if (momentum != 0) {
      const Vec b = is_first ? g : momentum * load<Vec>(buffer + i) + keep * g;
      store(buffer + i, b);
      g = options_.nesterov ? g + momentum * b : b;
    }
    store(parameters + i, p - lr * g);
  }
}

}  // namespace lenet
