// Networks of any layers, by chance: what nobody thought of by hand.
#include "network.h"

namespace {

class Dice {
 public:
  explicit Dice(unsigned seed) : random_(seed) {}
  int pick(std::initializer_list<int> choices) { return choices.begin()[upto(choices.size() - 1)]; }
  int upto(size_t most) { return static_cast<int>(random_() % (most + 1)); }

 private:
  std::mt19937 random_;
};

lenet_fused_layer any_activation(Dice& dice) {
  // One throw a statement, here and below: compilers differ in the order of a call's arguments.
  const float parameter = 0.125f * static_cast<float>(dice.upto(3));
  return activation(1 + dice.upto(LENET_FUSED_SILU - 1), parameter);
}

}  // namespace

Variant generated(unsigned seed) {
  Dice dice(seed);
  std::vector<lenet_fused_layer> layers;
  const int channels = dice.pick({1, 1, 2, 3}), height = 6 + dice.upto(12);
  const int width = 6 + dice.upto(12);
  int smaller = height < width ? height : width;
  if (dice.upto(5) == 0) layers.push_back(any_activation(dice));
  // The first seeds have no convolutions.
  for (int block = seed < 6 ? 0 : 1 + dice.upto(2); block > 0; --block) {
    const int kernel = dice.pick({1, 3, 3, 5, 7}), padding = dice.upto(kernel - 1);
    const int stride = dice.pick({1, 1, 2}), left = smaller + 2 * padding - kernel;
    if (left < 0) continue;
    smaller = left / stride + 1;
    const bool bias = dice.upto(4) > 0;
    layers.push_back(conv(1 + dice.upto(10), kernel, padding, stride, bias));
    const bool pools = smaller >= 3 && dice.upto(2) > 0, activates = dice.upto(3) > 0;
    const auto gate = any_activation(dice);
    const int window = 2 + dice.upto(1);
    const auto pooling = pool(dice.pick({LENET_FUSED_MAX_POOL, LENET_FUSED_AVERAGE_POOL}), window);
    const bool pool_first = dice.upto(1);
    if (pools && pool_first) layers.push_back(pooling);
    if (activates) layers.push_back(gate);
    if (pools && !pool_first) layers.push_back(pooling);
    if (pools) smaller = (smaller - window) / 2 + 1;
  }
  for (int hidden = dice.upto(3); hidden > 0; --hidden) {
    const bool bias = dice.upto(4) > 0;
    layers.push_back(linear(1 + dice.upto(60), bias));
    if (dice.upto(4) > 0) layers.push_back(any_activation(dice));
  }
  const bool bias = dice.upto(4) > 0;
  layers.push_back(linear(2 + dice.upto(20), bias));
  std::string name = "generated " + std::to_string(seed) + ":";
  for (const auto& l : layers) {
    for (int number : {l.kind, l.outputs, l.kernel, l.stride, l.padding, l.bias, l.activation}) {
      name += (number == l.kind ? " " : ",") + std::to_string(number);
    }
  }
  return {name, network_of(channels, height, width, layers)};
}
