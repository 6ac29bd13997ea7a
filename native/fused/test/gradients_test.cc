// One step's gradients of every variant and of awkward batch sizes, against double precision.
#include <map>

#include "network.h"
#include "reference.h"
#include "tests.h"

namespace {

struct Case {
  Tensors<float> parameters;
  Samples samples;
  Expected expected;
};

// The reference is slow: computed once, used by all libraries.
const Case& expected_case(const Variant& variant, int count) {
  static std::map<std::pair<std::string, int>, Case> cases;
  const auto [at, is_new] = cases.try_emplace({variant.name, count});
  if (is_new) {
    Case& c = at->second;
    c.parameters = initial(variant.network, 1);
    c.samples = tie_free(variant.network, c.parameters, count, count);
    c.expected = expect(variant.network, c.parameters, c.samples);
  }
  return at->second;
}

void check_batch(const Library& library, Report& report, const Variant& variant, int count,
                 int threads) {
  const Case& c = expected_case(variant, count);
  Engine engine(library, variant.network, threads, c.parameters);
  lenet_fused_result result;
  const Tensors<float> gradient = engine.gradients(c.samples, &result);
  const std::string name = std::string("gradients: ") + library.isa() + ", " + variant.name +
                           ", batch " + std::to_string(count) + ", " + std::to_string(threads) +
                           " threads";
  double worst = 0;
  for (size_t t = 0; t < gradient.size(); ++t) {
    const double d = distance(gradient[t], c.expected.gradient[t]);
    if (!(d <= worst)) worst = d;
  }
  report.below(worst, 1e-5, name);
  report.below(std::abs(result.loss - c.expected.loss), 1e-5, name + ": loss");
  report.check(result.correct == c.expected.correct, name + ": correct");
}

}  // namespace

void test_gradients(const Library& library, Report& report) {
  for (const Variant& variant : all_variants()) {
    const bool is_chapter = variant.name == "chapter";
    for (int count : {1, 15, 16, 17, 96, 256, 300}) {
      // Batches that a short run leaves out; the widest network's reference takes seconds each.
      if (count > 17 && (report.is_short || variant.name == "wide")) continue;
      if (count > 96 && !is_chapter && report.is_short) continue;
      check_batch(library, report, variant, count, 2);
      if (is_chapter) check_batch(library, report, variant, count, 1);
      if (is_chapter) check_batch(library, report, variant, count, 5);
    }
  }
}
