// The methods by points beside the direct one: as exact, and the same where values are no numbers.
#include <cmath>
#include <limits>

#include "network.h"
#include "reference.h"
#include "tests.h"

namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

// Sums of rounded products differ from float64 by about 1e-7 of their size with either method.
// Points may be worse by their factors of up to 16, which partly cancel: measured, at most 2 × the
// direct method's error, relative to the norm of all logits or of a gradient.
constexpr double kFactor = 3, kFloor = 2e-7;

struct Error {
  double logits = 0, gradient = 0;
};

struct Case {
  const Variant& variant;
  Tensors<float> parameters;
  Samples samples;
  std::vector<double> logits;
  Tensors<double> gradient;
};

Case make_case(const Variant& variant, int count) {
  Case c{variant, initial(variant.network, 31), {}, {}, {}};
  c.samples = tie_free(variant.network, c.parameters, count, 31);
  c.gradient = expect(variant.network, c.parameters, c.samples).gradient;
  Reference reference(variant.network, c.parameters);
  for (int i = 0; i < count; ++i) {
    reference.forward(c.samples.images.data() + i * image_size(variant.network), 0);
    const std::vector<double>& row = reference.logits();
    c.logits.insert(c.logits.end(), row.begin(), row.end());
  }
  return c;
}

Error error_of(const Library& library, Report& report, const Case& c, bool directly) {
  Engine engine(library, c.variant.network, 2, c.parameters);
  engine.require(library.convolve_directly(engine.get(), directly));
  lenet_fused_result result;
  const Tensors<float> gradient = engine.gradients(c.samples, &result);
  Error error{distance(engine.predict(c.samples), c.logits), 0};
  for (size_t t = 0; t < gradient.size(); ++t) {
    error.gradient = std::max(error.gradient, distance(gradient[t], c.gradient[t]));
  }
  report.check(std::isfinite(result.loss), "method: loss");
  return error;
}

void check_error(const Library& library, Report& report, const Variant& variant) {
  const std::string name = std::string("method: ") + library.isa() + ", " + variant.name;
  const Case c = make_case(variant, variant.name == "wide" ? 17 : 48);
  const Error direct = error_of(library, report, c, true);
  const Error fast = error_of(library, report, c, false);
  report.below(fast.logits, kFactor * direct.logits + kFloor, name + ": logits");
  report.below(fast.gradient, kFactor * direct.gradient + kFloor, name + ": gradients");
  if (variant.name == "chapter") {
    report.check(fast.logits != direct.logits, name + ": there are two methods");
  }
}

int kind(float x) { return std::isnan(x) ? 0 : std::isfinite(x) ? 1 : x > 0 ? 2 : 3; }

// What is infinite or NaN directly is so by points, and no other number.
void check_kinds(const Library& library, Report& report, const Variant& variant) {
  const int size = image_size(variant.network), width = variant.network.width;
  const Tensors<float> parameters = initial(variant.network, 32);
  Engine engine(library, variant.network, 2, parameters);
  for (float value : {kInfinity, -kInfinity, NAN, 1e35f, -1e35f}) {
    Samples samples = random_samples(variant.network, 40, 32);
    int pixel = 0;
    for (int i = 0; i < 40; i += 3) {
      samples.images[i * size + pixel % size] = value;
      pixel += 2 * width + 3;
    }
    engine.require(library.convolve_directly(engine.get(), 1));
    const std::vector<float> direct = engine.predict(samples);
    engine.require(library.convolve_directly(engine.get(), 0));
    const std::vector<float> fast = engine.predict(samples);
    bool same = true;
    for (size_t i = 0; i < direct.size(); ++i) same = same && kind(direct[i]) == kind(fast[i]);
    report.check(same, std::string("method: ") + library.isa() + ", " + variant.name +
                           ": kinds of values with " + std::to_string(value));
  }
}

}  // namespace

// 3×3 with even and odd sides, with and without padding, channels that are no multiple of a block,
// a stride whose gradient is spread out, one tile only, more tiles than are computed together.
std::vector<Variant> tiled_variants() {
  const auto relu = activation(LENET_FUSED_RELU);
  const auto max = pool(LENET_FUSED_MAX_POOL);
  return {
      {"3×3", network_of(1, 12, 10, {conv(9, 3, 1), relu, max, conv(13, 3), relu, linear(5)})},
      {"3×3 stride", network_of(8, 9, 11, {conv(8, 3, 2), conv(10, 3, 1, 2), relu, linear(4)})},
      {"3×3 small", network_of(8, 3, 4, {conv(16, 3, 1), relu, conv(8, 3), linear(3)})},
      {"3×3 wide", network_of(9, 5, 39, {conv(8, 3, 1, 1, 0), relu, conv(8, 3, 1), linear(3)})},
  };
}

void test_methods(const Library& library, Report& report) {
  for (const Variant& variant : tiled_variants()) {
    check_error(library, report, variant);
    check_kinds(library, report, variant);
  }
  for (const Variant& variant : lenet_variants()) {
    check_error(library, report, variant);
    check_kinds(library, report, variant);
  }
}
