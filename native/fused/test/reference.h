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

  const std::vector<double>& logits() const { return values_[5]; }
  int64_t predicted() const;
  // How far the last image's nearest tie was: smallest lead of a maximum, smallest input of a ReLU.
  double gap() const { return gap_; }
  const Tensors<double>& gradient() const { return gradient_; }

 private:
  struct Block {
    int height, width;           // of the convolution's output
    std::vector<double> z;       // convolution's output
    std::vector<int> winner;     // max pooling: index into the activated (or plain) plane
    std::vector<double> before;  // what was pooled
  };

  void block_forward(int i);
  void linear_forward(int i);
  void block_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  void linear_backward(int i, const std::vector<double>& upper, std::vector<double>& lower);
  double activate(int activation, double x);
  static double slope(int activation, double y);

  const lenet_fused_network network_;
  Tensors<double> parameters_, gradient_;
  // Input image, outputs of the two blocks and of the three linear layers.
  std::vector<double> values_[6];
  Block blocks_[2];
  int heights_[3], widths_[3];  // of the image and the two blocks' outputs
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
