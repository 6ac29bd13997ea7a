// Whole runs: repeatable, stoppable, observable, and not at the mercy of the number of threads.
#include <chrono>
#include <numeric>
#include <thread>

#include "network.h"
#include "tests.h"

namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Run {
  Tensors<float> parameters;
  lenet_fused_result result;
  double seconds;
};

Run run(const Library& library, int threads, const Samples& samples) {
  Engine engine(library, chapter(), threads, initial(chapter(), 11));
  engine.optimize(adam());
  const auto start = Clock::now();
  const lenet_fused_result result = engine.train(samples, 64);
  return {engine.stored(), result, seconds_since(start)};
}

void check_repeatable(const Library& library, Report& report) {
  const Samples samples = random_samples(chapter(), 600, 11);
  const std::string name = std::string("train: ") + library.isa();
  const Run one = run(library, 1, samples);
  report.check(one.result.batches == 10 && one.result.samples == 600,
               name + ": last batch included");
  for (int threads : {1, 2, 3, 16}) {
    const Run a = run(library, threads, samples), b = run(library, threads, samples);
    const std::string with = name + " on " + std::to_string(threads) + " threads";
    report.check(a.parameters == b.parameters && a.result.loss == b.result.loss,
                 with + ": bit-equal runs");
    report.below(std::abs(a.result.loss - one.result.loss), 1e-4, with + ": loss as on one thread");
    // Threads beyond the cores cost something, but nothing like a spinning barrier's collapse.
    report.below(std::min(a.seconds, b.seconds), 10 * one.seconds + 1, with + ": no collapse");
  }
  // In two calls as in one.
  Engine engine(library, chapter(), 2, initial(chapter(), 11));
  engine.optimize(adam());
  const lenet_fused_data data = samples.view();
  std::vector<int64_t> order(600);
  for (int i = 0; i < 600; ++i) order[i] = i;
  lenet_fused_result first, second;
  double losses[10];
  engine.require(
      library.train(engine.get(), &data, order.data(), 128, 64, losses, nullptr, nullptr, &first));
  engine.require(library.train(engine.get(), &data, order.data() + 128, 472, 64, losses + 2,
                               nullptr, nullptr, &second));
  const Run whole = run(library, 2, samples);
  report.check(engine.stored() == whole.parameters, name + ": in two calls");
  report.check(std::accumulate(losses, losses + 10, 0.0) == whole.result.loss,
               name + ": the batches' losses");
}

void check_stop(const Library& library, Report& report) {
  const std::string name = std::string("stop: ") + library.isa();
  const Samples samples = random_samples(chapter(), 256, 12);
  Engine engine(library, chapter(), 2, initial(chapter(), 12));
  engine.optimize(adam());
  std::vector<int64_t> order(5000000);
  for (size_t i = 0; i < order.size(); ++i) order[i] = i % 256;
  lenet_fused_control control = {};
  lenet_fused_result result = {};
  Clock::time_point asked;
  const lenet_fused_data data = samples.view();
  std::thread trainer([&] {
    engine.require(library.train(engine.get(), &data, order.data(), order.size(), 32, nullptr,
                                 nullptr, &control, &result));
  });
  while (__atomic_load_n(&control.batches, __ATOMIC_ACQUIRE) < 3) std::this_thread::yield();

  lenet_fused_result other;
  report.check(
      library.evaluate(engine.get(), &data, nullptr, 256, nullptr, &other) == LENET_FUSED_BUSY,
      name + ": evaluation while training is refused");
  asked = Clock::now();
  __atomic_store_n(&control.stop, 1, __ATOMIC_RELEASE);
  trainer.join();
  report.below(seconds_since(asked), report.is_short ? 2 : 0.2, name + ": latency in seconds");
  report.check(result.stopped && result.batches >= 3 && result.samples == 32 * result.batches &&
                   control.batches == result.batches && control.loss == result.loss,
               name + ": result and progress agree");
  report.check(library.steps(engine.get()) == result.batches, name + ": steps");
  lenet_fused_control stopped = {};
  stopped.stop = 1;
  engine.require(
      library.train(engine.get(), &data, nullptr, 256, 32, nullptr, nullptr, &stopped, &result));
  report.check(result.stopped && result.batches == 0, name + ": before the first step");
  engine.require(library.evaluate(engine.get(), &data, nullptr, 256, &stopped, &result));
  report.check(result.stopped && result.samples == 0, name + ": evaluation");
}

}  // namespace

void test_control(const Library& library, Report& report) {
  check_repeatable(library, report);
  check_stop(library, report);
}
