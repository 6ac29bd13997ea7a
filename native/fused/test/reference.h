// The same network written straight from its definition, in double precision, one image at a time.
#pragma once

#include "network.h"

class Reference {
 public:
  Reference(const lenet_fused_network& network, const Tensors<float>& parameters);

  // Returns the cross-entropy of one image.
  double forward(const float* image, int64_t label);
  // Adds the gradient of scale · loss of the image last given to forward().
  void backward(double scale);

  const std::vector<double>& logits() const { return values_.back(); }
  int64_t predicted() const;
  // How far the last image's nearest tie was: smallest lead of a maximum, smallest input of a ReLU.
  double gap() const { return gap_; }
  const Tensors<double>& gradient() const { return gradient_; }

 private:
  // One layer, from values_[i] to values_[i + 1] and back.
  void convolve(int i);
  void pool(int i);
  void activate(int i);
  void multiply(int i);
  void convolve_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  void pool_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  void activate_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  void multiply_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  const lenet_fused_network network_;
  const std::vector<Sizes> sizes_;
  std::vector<int> tensor_;  // of each layer, its weight
  Tensors<double> parameters_, gradient_;
  std::vector<std::vector<double>> values_;  // the image, and what comes out of each layer
  std::vector<std::vector<int>> winners_;    // of max pooling: index into its input
  int64_t label_ = 0;
  double gap_ = 0;
};

// Mean loss, correct predictions and gradient of a batch.
struct Expected {
  double loss = 0;
  int64_t correct = 0;
  Tensors<double> gradient;
};
Expected expect(const lenet_fused_network& network, const Tensors<float>& parameters,
                const Samples& samples);

// An activation and its derivative.
double activated(const lenet_fused_layer& layer, double x);
double slope(const lenet_fused_layer& layer, double x);
