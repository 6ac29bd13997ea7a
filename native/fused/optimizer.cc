#include "optimizer.h"

#include <algorithm>
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

void Optimizer::configure(const lenet_fused_optimizer* groups, const int32_t* group_of,
                          int64_t steps, const Layout& layout) {
  const lenet_fused_optimizer& first = groups[0];
  if (!configured() || first.algorithm != algorithm() || steps == 0) {
    for (auto& moment : moments_) moment = Buffer<float>();
  }
  const int needed = first.algorithm != LENET_FUSED_SGD ? 2 : first.momentum != 0 ? 1 : 0;
  for (int i = 0; i < needed; ++i) {
    if (moments_[i].size() == 0) moments_[i] = Buffer<float>(layout.size);
  }
  parts_.clear();
  for (size_t t = 0; t < layout.sections.size(); ++t) {
    const Section& section = layout.sections[t];
    const int group = group_of ? group_of[t] : 0;
    // A layer without a bias has a zero in its place, and keeps it, whatever its gradient is.
    if (section.values == 0) continue;
    const bool goes_on =
        !parts_.empty() && parts_.back().group == group && parts_.back().end == section.begin;
    if (goes_on) {
      parts_.back().end = section.end;
    } else {
      parts_.push_back({section.begin, section.end, group, groups[group]});
    }
  }
  steps_ = steps;
}

void Optimizer::begin_step() { ++steps_; }

void Optimizer::update(float* parameters, const std::vector<const float*>& gradients, int begin,
                       int end) {
  for (const Part& part : parts_) {
    const int from = std::max(begin, part.begin), to = std::min(end, part.end);
    if (from >= to) continue;
    if (part.options.algorithm == LENET_FUSED_SGD) {
      sgd(part.options, parameters, gradients, from, to);
    } else {
      adam(part.options, parameters, gradients, from, to);
    }
  }
}

void Optimizer::adam(const lenet_fused_optimizer& options, float* parameters,
                     const std::vector<const float*>& gradients, int begin, int end) {
  // PyTorch forms these in double precision, then rounds to float32.
  const double step = static_cast<double>(steps_);
  const float step_size = static_cast<float>(options.lr / (1 - std::pow(options.beta1, step)));
  const float correction = static_cast<float>(std::sqrt(1 - std::pow(options.beta2, step)));
  const float weight1 = static_cast<float>(1 - options.beta1);
  const float beta2 = static_cast<float>(options.beta2);
  const float weight2 = static_cast<float>(1 - options.beta2);
  const float eps = static_cast<float>(options.eps);
  const bool is_decoupled = options.algorithm == LENET_FUSED_ADAMW;
  const float decay = is_decoupled ? 0 : static_cast<float>(options.weight_decay);
  const float keep =
      is_decoupled ? static_cast<float>(1 - options.lr * options.weight_decay) : 1.0f;
  float *first = moments_[0].data(), *second = moments_[1].data();
  for (int i = begin; i < end; i += kLanes) {
    Vec p = load<Vec>(parameters + i), m = load<Vec>(first + i), v = load<Vec>(second + i);
    Vec g = total(gradients, i);
    if (decay != 0) g += decay * p;
    m += weight1 * (g - m);
    v = beta2 * v + weight2 * (g * g);
    if (is_decoupled) p *= keep;
    p -= step_size * (m / (sqrt(v) / correction + eps));
    store(parameters + i, p);
    store(first + i, m);
    store(second + i, v);
  }
}

void Optimizer::sgd(const lenet_fused_optimizer& options, float* parameters,
                    const std::vector<const float*>& gradients, int begin, int end) {
  const float lr = static_cast<float>(options.lr);
  const float momentum = static_cast<float>(options.momentum);
  const float keep = static_cast<float>(1 - options.dampening);
  const float decay = static_cast<float>(options.weight_decay);
  const bool is_first = steps_ == 1;  // the first step copies the gradient, without dampening
  float* buffer = moments_[0].data();
  for (int i = begin; i < end; i += kLanes) {
    Vec p = load<Vec>(parameters + i);
    Vec g = total(gradients, i);
    if (decay != 0) g += decay * p;
    if (momentum != 0) {
      const Vec b = is_first ? g : momentum * load<Vec>(buffer + i) + keep * g;
      store(buffer + i, b);
      g = options.nesterov ? g + momentum * b : b;
    }
    store(parameters + i, p - lr * g);
  }
}

}  // namespace lenet
