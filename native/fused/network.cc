#include "network.h"

#include "shape.h"

namespace lenet {

namespace {

std::string outside(const char* what, int value, int low, int high) {
  if (value >= low && value <= high) return {};
  return std::string(what) + " is " + std::to_string(value) + ", expected " + std::to_string(low) +
         " to " + std::to_string(high);
}

std::string wrong_convolution(const lenet_fused_layer& layer) {
  std::string why = outside("outputs", layer.outputs, 1, LENET_FUSED_MAX_CHANNELS);
  if (why.empty() && layer.kernel % 2 == 0) why = "kernel is even";
  if (why.empty()) why = outside("kernel", layer.kernel, 1, 7);
  if (why.empty()) why = outside("stride", layer.stride, 1, 2);
  if (why.empty()) why = outside("padding", layer.padding, 0, layer.kernel - 1);
  return why;
}

// What is wrong with a layer by itself.
std::string unsupported(const lenet_fused_layer& layer) {
  std::string why;
  switch (layer.kind) {
    case LENET_FUSED_CONVOLUTION:
      return wrong_convolution(layer);
    case LENET_FUSED_MAX_POOL:
    case LENET_FUSED_AVERAGE_POOL:
      why = outside("kernel", layer.kernel, 2, 3);
      return why.empty() ? outside("stride", layer.stride, 2, 2) : why;
    case LENET_FUSED_ACTIVATE:
      why = outside("activation", layer.activation, 0, LENET_FUSED_SILU);
      if (why.empty() && !(layer.slope >= 0)) why = "slope is not a number ≥ 0";
      return why;
    default:
      why = outside("kind", layer.kind, 0, LENET_FUSED_LINEAR);
      return why.empty() ? outside("outputs", layer.outputs, 1, LENET_FUSED_MAX_FEATURES) : why;
  }
}

// What is wrong with a layer where it stands: behind the first linear one there are no others than
// linear ones, each with one activation at most.
std::string misplaced(const lenet_fused_network& n, int i, bool is_flat) {
  const int kind = n.layers[i].kind;
  if (!is_flat || kind == LENET_FUSED_LINEAR) return {};
  if (kind != LENET_FUSED_ACTIVATE) return "a linear layer is expected here";
  if (i + 1 == n.count) return "an activation on the logits is not supported";
  if (n.layers[i - 1].kind == LENET_FUSED_ACTIVATE) return "a second activation is not supported";
  return {};
}

// What comes out of a layer; too small an image gives a size below 1.
Size output_of(const lenet_fused_layer& layer, Size in) {
  if (layer.kind == LENET_FUSED_LINEAR) return {layer.outputs, 1, 1};
  if (layer.kind == LENET_FUSED_ACTIVATE) return in;
  const bool is_conv = layer.kind == LENET_FUSED_CONVOLUTION;
  const int padding = is_conv ? layer.padding : 0;
  const auto side = [&](int length) {
    const int left = length + 2 * padding - layer.kernel;
    return left < 0 ? 0 : left / layer.stride + 1;
  };
  return {is_conv ? layer.outputs : in.channels, side(in.height), side(in.width)};
}

// Reads the layers in turn, as far as the kernels for networks like the chapter's know them.
class Reader {
 public:
  explicit Reader(const std::vector<Layer>& layers) : layers_(layers) {}

  // The next layer, if it is one of that kind.
  const Layer* take(int kind) {
    if (at_end() || layers_[next_].kind != kind || !is_known(layers_[next_])) return nullptr;
    return &layers_[next_++];
  }
  int activation() {
    const Layer* layer = take(LENET_FUSED_ACTIVATE);
    return layer ? layer->activation : LENET_FUSED_IDENTITY;
  }
  bool at_end() const { return next_ == layers_.size(); }

 private:
  static bool is_known(const Layer& layer) {
    constexpr int kMostChannels = 64, kMostFeatures = 4096;
    switch (layer.kind) {
      case LENET_FUSED_CONVOLUTION:
        return layer.kernel == kKernel && layer.stride == 1 && layer.outputs <= kMostChannels &&
               (layer.padding == 0 || layer.padding == 2);
      case LENET_FUSED_ACTIVATE:
        return layer.activation <= LENET_FUSED_TANH;
      case LENET_FUSED_LINEAR:
        return layer.in.values() <= kMostFeatures && layer.outputs <= kMostFeatures;
      default:
        return layer.kernel == 2;
    }
  }

  const std::vector<Layer>& layers_;
  size_t next_ = 0;
};

}  // namespace

std::string read_layers(const lenet_fused_network& n, std::vector<Layer>* layers) {
  std::string why = outside("channels", n.channels, 1, LENET_FUSED_MAX_IN_CHANNELS);
  if (why.empty()) why = outside("height", n.height, 1, LENET_FUSED_MAX_SIDE);
  if (why.empty()) why = outside("width", n.width, 1, LENET_FUSED_MAX_SIDE);
  if (why.empty()) why = outside("count", n.count, 1, LENET_FUSED_MAX_LAYERS);
  Size in = {n.channels, n.height, n.width};
  bool is_flat = false;
  for (int i = 0; i < n.count && why.empty(); ++i) {
    const lenet_fused_layer& layer = n.layers[i];
    is_flat = is_flat || layer.kind == LENET_FUSED_LINEAR;
    why = unsupported(layer);
    if (why.empty()) why = misplaced(n, i, is_flat);
    if (why.empty()) {
      const Size out = output_of(layer, in);
      if (out.height < 1 || out.width < 1) why = "the image is too small for it";
      if (why.empty()) why = outside("its output", out.values(), 1, LENET_FUSED_MAX_VALUES);
      if (why.empty() && layer.kind == LENET_FUSED_LINEAR) {
        why = outside("inputs", in.values(), 1, LENET_FUSED_MAX_FEATURES);
      }
      layers->push_back({layer, in, out});
      in = out;
    }
    if (!why.empty()) why = "layer " + std::to_string(i + 1) + ": " + why;
  }
  if (why.empty() && n.layers[n.count - 1].kind != LENET_FUSED_LINEAR) {
    why = "the last layer is not linear";
  }
  return why;
}

int64_t work_of(const std::vector<Layer>& layers) {
  // Measured in a perceptron and the chapter's network: bytes or floats to lanes, an exponential.
  constexpr int64_t kReading = 4, kActivation = 8;
  int64_t work = kReading * layers.front().in.values();
  for (const Layer& layer : layers) {
    const int64_t in = layer.in.values(), out = layer.out.values();
    switch (layer.kind) {
      case LENET_FUSED_CONVOLUTION:
        work += out * layer.in.channels * layer.kernel * layer.kernel;
        break;
      case LENET_FUSED_LINEAR:
        work += in * out;
        break;
      case LENET_FUSED_ACTIVATE:
        work += kActivation * out;
        break;
      default:
        work += in;
    }
  }
  return work;
}

bool read_lenet(const std::vector<Layer>& layers, Blocks* blocks, Shape* shape) {
  Reader reader(layers);
  const Layer* layer[5];
  for (int i = 0; i < 2; ++i) {
    auto& conv = blocks->conv[i];
    layer[i] = reader.take(LENET_FUSED_CONVOLUTION);
    if (!layer[i]) return false;
    conv.padding = layer[i]->padding;
    const int before = reader.activation();
    conv.pool_first = before == LENET_FUSED_IDENTITY;
    conv.average = reader.take(LENET_FUSED_AVERAGE_POOL);
    if (!conv.average && !reader.take(LENET_FUSED_MAX_POOL)) return false;
    conv.activation = conv.pool_first ? reader.activation() : before;
  }
  for (int i = 0; i < 3; ++i) {
    layer[2 + i] = reader.take(LENET_FUSED_LINEAR);
    if (!layer[2 + i]) return false;
    blocks->linear[i].activation = i < 2 ? reader.activation() : LENET_FUSED_IDENTITY;
  }
  if (!reader.at_end()) return false;
  const Size image = layers[0].in;
  *shape = make_shape(image.channels, image.height, image.width, layer[0]->outputs,
                      blocks->conv[0].padding, layer[1]->outputs, blocks->conv[1].padding,
                      layer[2]->outputs, layer[3]->outputs, layer[4]->outputs);
  return true;
}

}  // namespace lenet
