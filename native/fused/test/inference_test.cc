// Evaluation and prediction: right, in any order, from bytes and floats, from many threads at once.
#include <algorithm>
#include <cmath>
#include <thread>

#include "network.h"
#include "reference.h"
#include "tests.h"

namespace {

void check_evaluation(const Library& library, Report& report, const Variant& variant) {
  const Tensors<float> parameters = initial(variant.network, 7, 2);
  const Samples samples = tie_free(variant.network, parameters, 77, 7);
  const Expected expected = expect(variant.network, parameters, samples);
  Engine engine(library, variant.network, 2, parameters);
  const lenet_fused_data data = samples.view();
  lenet_fused_result result;
  engine.require(library.evaluate(engine.get(), &data, nullptr, data.count, nullptr, &result));
  const std::string name = std::string("evaluate: ") + library.isa() + ", " + variant.name;
  report.check(result.correct == expected.correct && result.samples == 77, name + ": correct");
  report.below(std::abs(result.loss / 77 - expected.loss), 1e-5, name + ": loss");

  Reference reference(variant.network, parameters);
  const std::vector<float> logits = engine.predict(samples);
  const size_t classes = logits.size() / 77;
  double worst = 0;
  for (int i = 0; i < 77; ++i) {
    reference.forward(samples.images.data() + i * image_size(variant.network), 0);
    const std::vector<float> row(logits.begin() + i * classes, logits.begin() + (i + 1) * classes);
    const double d = distance(row, reference.logits());
    if (!(d <= worst)) worst = d;
  }
  report.below(worst, 1e-5, name + ": logits");

  // Few images take a way of their own.
  const size_t size = samples.images.size() / 77;
  for (size_t count : {1, 2, 3, 7}) {
    Samples few;
    few.images.assign(samples.images.begin(), samples.images.begin() + count * size);
    few.labels.assign(samples.labels.begin(), samples.labels.begin() + count);
    const std::vector<double> rows(logits.begin(), logits.begin() + count * classes);
    report.below(distance(engine.predict(few), rows), 1e-6,
                 name + ": " + std::to_string(count) + " images");
    std::fill(few.images.end() - size, few.images.end(), NAN);
    const std::vector<float> spoiled = engine.predict(few);
    report.check(std::isnan(spoiled.back()) && (count == 1 || !std::isnan(spoiled[0])),
                 name + ": NaN");
  }
}

// Bytes through a table are the floats they stand for; an order picks and repeats images.
void check_bytes_and_order(const Library& library, Report& report) {
  std::mt19937 random(8);
  std::vector<uint8_t> bytes(40 * 784), labels(40);
  for (auto& b : bytes) b = random() % 256;
  for (auto& l : labels) l = random() % 10;
  std::vector<float> table(256);
  for (int i = 0; i < 256; ++i) table[i] = (i / 255.0f - 0.2860f) / 0.3530f;
  const std::vector<int64_t> order = {39, 0,  7,  7,  21, 38, 3,  2,  1, 0,
                                      11, 12, 13, 14, 15, 16, 17, 18, 19};
  Samples floats;
  for (int64_t i : order) {
    for (int p = 0; p < 784; ++p) floats.images.push_back(table[bytes[i * 784 + p]]);
    floats.labels.push_back(labels[i]);
  }
  const Tensors<float> parameters = initial(chapter(), 8);
  Engine engine(library, chapter(), 2, parameters);
  const lenet_fused_data data = {bytes.data(),      labels.data(),     40,
                                 LENET_FUSED_UINT8, LENET_FUSED_UINT8, table.data()};
  const int64_t count = static_cast<int64_t>(order.size());
  std::vector<float> logits(count * 10);
  engine.require(library.predict(engine.get(), &data, order.data(), count, logits.data()));
  report.check(logits == engine.predict(floats),
               std::string("bytes and order: ") + library.isa() + ": logits");
  Tensors<float> gradient = empty_like(parameters);
  engine.require(library.gradients(engine.get(), &data, order.data(), count,
                                   pointers(gradient).data(), nullptr));
  report.check(gradient == engine.gradients(floats),
               std::string("bytes and order: ") + library.isa() + ": gradients");
}

// An image's logits depend neither on its neighbours, nor on threads, nor on who else predicts.
void check_independence(const Library& library, Report& report) {
  const Tensors<float> parameters = initial(chapter(), 9);
  const Samples samples = random_samples(chapter(), 300, 9);
  Engine one(library, chapter(), 1, parameters), four(library, chapter(), 4, parameters);
  const std::vector<float> expected = one.predict(samples);
  const std::string name = std::string("predict: ") + library.isa();
  report.check(four.predict(samples) == expected, name + ": same bits on four threads");
  for (int64_t first : {0, 1, 17, 299}) {
    Samples single;
    single.images.assign(samples.images.begin() + first * 784,
                         samples.images.begin() + (first + 1) * 784);
    single.labels.push_back(0);
    const std::vector<double> row(expected.begin() + first * 10,
                                  expected.begin() + (first + 1) * 10);
    report.below(distance(one.predict(single), row), 1e-6, name + ": the same alone");
  }
  std::vector<std::thread> callers;
  std::vector<int> same(6);
  for (int t = 0; t < 6; ++t) {
    callers.emplace_back([&, t] {
      same[t] = 1;
      for (int i = 0; i < 5; ++i) same[t] &= four.predict(samples) == expected;
    });
  }
  for (auto& caller : callers) caller.join();
  for (int ok : same) report.check(ok, name + ": same bits with six callers");
}

}  // namespace

void test_inference(const Library& library, Report& report) {
  for (const Variant& variant : all_variants()) check_evaluation(library, report, variant);
  check_bytes_and_order(library, report);
  check_independence(library, report);
}
