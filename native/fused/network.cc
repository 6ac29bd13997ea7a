#include "network.h"

namespace lenet {

namespace {

std::string outside(const char* what, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return std::string(what) + " is " + std::to_string(value) + ", expected " + std::to_string(low) +
         " to " + std::to_string(high);
}

std::string unsupported_conv(const lenet_fused_conv& conv, int max_in) {
  std::string why = outside("in_channels", conv.in_channels, 1, max_in);
  if (why.empty()) why = outside("out_channels", conv.out_channels, 1, LENET_FUSED_MAX_CHANNELS);
  if (why.empty()) why = outside("activation", conv.activation, 0, LENET_FUSED_TANH);
  if (why.empty()) why = outside("pool", conv.pool, 0, LENET_FUSED_AVERAGE);
  if (why.empty() && conv.padding != 0 && conv.padding != 2) why = "padding is neither 0 nor 2";
  return why;
}

std::string unsupported_linear(const lenet_fused_linear& linear) {
  std::string why = outside("in_features", linear.in_features, 1, LENET_FUSED_MAX_FEATURES);
  if (why.empty()) why = outside("out_features", linear.out_features, 1, LENET_FUSED_MAX_FEATURES);
  if (why.empty()) why = outside("activation", linear.activation, 0, LENET_FUSED_TANH);
  return why;
}

std::string differs(const char* what, int value, int expected) {
  if (value == expected) return {};
  return std::string(what) + " is " + std::to_string(value) + ", but what comes before it gives " +
         std::to_string(expected);
}

}  // namespace

Shape shape_of(const lenet_fused_network& n) {
  return make_shape(n.conv[0].in_channels, n.height, n.width, n.conv[0].out_channels,
                    n.conv[0].padding, n.conv[1].out_channels, n.conv[1].padding,
                    n.linear[0].out_features, n.linear[1].out_features, n.linear[2].out_features);
}

std::string unsupported(const lenet_fused_network& n) {
  std::string why = outside("height", n.height, 1, LENET_FUSED_MAX_SIDE);
  if (why.empty()) why = outside("width", n.width, 1, LENET_FUSED_MAX_SIDE);
  if (!why.empty()) return why;
  for (int i = 0; i < 2; ++i) {
    why = unsupported_conv(n.conv[i], i ? LENET_FUSED_MAX_CHANNELS : LENET_FUSED_MAX_IN_CHANNELS);
    if (!why.empty()) return "convolution " + std::to_string(i + 1) + ": " + why;
  }
  for (int i = 0; i < 3; ++i) {
    why = unsupported_linear(n.linear[i]);
    if (!why.empty()) return "linear layer " + std::to_string(i + 1) + ": " + why;
  }
  why = differs("convolution 2: in_channels", n.conv[1].in_channels, n.conv[0].out_channels);
  if (!why.empty()) return why;
  const Shape shape = shape_of(n);
  for (int i = 0; i < 2; ++i) {
    if (shape.conv[i].pool_height < 1 || shape.conv[i].pool_width < 1) {
      return "the image is too small for convolution " + std::to_string(i + 1);
    }
  }
  why = differs("linear layer 1: in_features", n.linear[0].in_features, shape.linear[0].in);
  for (int i = 1; i < 3 && why.empty(); ++i) {
    why = differs(i == 1 ? "linear layer 2: in_features" : "linear layer 3: in_features",
                  n.linear[i].in_features, n.linear[i - 1].out_features);
  }
  if (why.empty() && n.linear[2].activation != LENET_FUSED_IDENTITY) {
    why = "linear layer 3: an activation on the logits is not supported";
  }
  return why;
}

}  // namespace lenet
