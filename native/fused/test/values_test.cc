// Values at the edge: NaN, infinity, black images, exact ties, saturation, a single class.
#include <algorithm>
#include <cmath>
#include <limits>

#include "network.h"
#include "reference.h"
#include "tests.h"

namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();
constexpr float kInfinity = std::numeric_limits<float>::infinity();

// A NaN pixel reaches its own image's loss and logits, and no other image's logits. In a generated
// network a pixel may be in no window: there the whole image is NaN.
void check_nan(const Library& library, Report& report, const Variant& variant) {
  if (classes_of(variant.network) == 1) return;  // the loss of one class is always 0
  const std::string name = std::string("nan: ") + library.isa() + ", " + variant.name;
  const int size = image_size(variant.network);
  const Tensors<float> parameters = initial(variant.network, 13);
  Engine engine(library, variant.network, 2, parameters);
  for (int pixel : {0, size / 2 + variant.network.width / 2}) {
    Samples samples = random_samples(variant.network, 20, 13);
    const std::vector<float> before = engine.predict(samples);
    const bool whole = variant.name.starts_with("generated");
    std::fill_n(samples.images.begin() + 5 * size + (whole ? 0 : pixel), whole ? size : 1, kNan);
    lenet_fused_result result;
    const Tensors<float> gradient = engine.gradients(samples, &result);
    report.check(std::isnan(result.loss), name + ": loss");
    const bool has_bias = !gradient.back().empty();
    report.check(std::isnan(gradient[gradient.size() - (has_bias ? 1 : 2)][0]),
                 name + ": gradient");
    const std::vector<float> after = engine.predict(samples);
    const size_t classes = after.size() / 20;
    bool others_equal = true, own_nan = true;
    for (size_t i = 0; i < after.size(); ++i) {
      if (i / classes == 5) {
        own_nan = own_nan && std::isnan(after[i]);
      } else {
        others_equal = others_equal && after[i] == before[i];
      }
    }
    report.check(own_nan, name + ": logits of its image");
    report.check(others_equal, name + ": logits of the others");
  }
}

void check_infinity(const Library& library, Report& report) {
  Samples samples = random_samples(chapter(), 4, 14);
  samples.images[784 + 300] = kInfinity;  // ±∞ outputs, sigmoids of 0 and 1: finite, as in PyTorch
  Engine engine(library, chapter(), 1, initial(chapter(), 14));
  lenet_fused_result result;
  engine.gradients(samples, &result);
  report.check(std::isfinite(result.loss), std::string("infinity: ") + library.isa() + ": sigmoid");
  lenet_fused_network relu = chapter();
  for (auto& layer : relu.layers) {
    if (layer.kind == LENET_FUSED_ACTIVATE) layer.activation = LENET_FUSED_RELU;
  }
  Engine other(library, relu, 1, initial(relu, 14));
  other.gradients(samples, &result);
  report.check(!std::isfinite(result.loss), std::string("infinity: ") + library.isa() + ": relu");
}

void check_against_reference(const Library& library, Report& report, const std::string& what,
                             const lenet_fused_network& network, const Tensors<float>& parameters,
                             const Samples& samples, double limit) {
  const std::string name = what + ": " + library.isa();
  const Expected expected = expect(network, parameters, samples);
  Engine engine(library, network, 2, parameters);
  lenet_fused_result result;
  const Tensors<float> gradient = engine.gradients(samples, &result);
  for (size_t t = 0; t < gradient.size(); ++t) {
    report.below(distance(gradient[t], expected.gradient[t]), limit,
                 name + ": tensor " + std::to_string(t));
  }
  report.below(std::abs(result.loss - expected.loss) / (1 + expected.loss), 1e-5, name + ": loss");
}

}  // namespace

void test_values(const Library& library, Report& report) {
  for (const Variant& variant : all_variants()) check_nan(library, report, variant);
  check_infinity(library, report);

  // A constant image ties every window exactly: the first pixel wins, as in PyTorch.
  const Tensors<float> parameters = initial(chapter(), 15);
  Samples constant = random_samples(chapter(), 18, 15);
  for (size_t i = 0; i < constant.images.size(); ++i) constant.images[i] = i / 784 % 3 * 0.5f;
  check_against_reference(library, report, "exact ties", chapter(), parameters, constant, 1e-5);

  // Lines and columns of one value tie two pixels of each window.
  for (const bool upright : {false, true}) {
    Samples stripes = random_samples(chapter(), 18, 19);
    const std::vector<float> value = stripes.images;
    for (size_t i = 0; i < value.size(); ++i) {
      const size_t y = i % 784 / 28, x = i % 28;
      stripes.images[i] = value[i / 784 * 784 + (upright ? x : y)];
    }
    check_against_reference(library, report, upright ? "columns" : "lines", chapter(), parameters,
                            stripes, 1e-5);
  }

  Samples black = random_samples(chapter(), 18, 16);
  for (float& x : black.images) x = 0;
  check_against_reference(library, report, "black images", chapter(), parameters, black, 1e-5);

  Samples one_class = tie_free(chapter(), parameters, 33, 17);
  for (int64_t& label : one_class.labels) label = 4;
  check_against_reference(library, report, "one class", chapter(), parameters, one_class, 1e-5);

  // Weights a thousand times too large: sigmoids of exactly 0 and 1, everything stays finite.
  const Tensors<float> huge = initial(chapter(), 18, 1000);
  Engine engine(library, chapter(), 2, huge);
  lenet_fused_result result;
  const Tensors<float> gradient = engine.gradients(random_samples(chapter(), 33, 18), &result);
  bool finite = std::isfinite(result.loss);
  for (const auto& tensor : gradient) {
    for (float x : tensor) finite = finite && std::isfinite(x);
  }
  report.check(finite, std::string("saturation: ") + library.isa());
}
