// Averaging over processes, which are engines on threads of their own here.
#include <algorithm>
#include <barrier>
#include <functional>
#include <memory>
#include <thread>
#include <utility>

#include "network.h"
#include "tests.h"

namespace {

using Values = std::vector<float>;
using Average = std::function<int32_t(float* values, int64_t count)>;

lenet_fused_peers peers_of(const Average& average) {
  return {[](float* values, int64_t count, void* context) {
            return (*static_cast<const Average*>(context))(values, count);
          },
          const_cast<Average*>(&average)};
}

struct Ended {
  lenet_fused_status status;
  lenet_fused_result result;
  std::vector<double> losses;
};

// One call of lenet_fused_train over all samples from `first` on.
Ended train(const Library& library, Engine& engine, const Samples& samples, int64_t batch_size,
            const Average& average, lenet_fused_control* control = nullptr, int64_t first = 0) {
  Ended ended{};
  const lenet_fused_data data = samples.view();
  std::vector<int64_t> order;
  for (int64_t i = first; i < data.count; ++i) order.push_back(i);
  ended.losses.resize(order.size());
  const lenet_fused_peers peers = peers_of(average);
  ended.status =
      library.train(engine.get(), &data, order.data(), static_cast<int64_t>(order.size()),
                    batch_size, ended.losses.data(), &peers, control, &ended.result);
  return ended;
}

Values joined(const Tensors<float>& tensors) {
  Values all;
  for (const auto& tensor : tensors) all.insert(all.end(), tensor.begin(), tensor.end());
  return all;
}

Samples part(const Samples& samples, int64_t first, int64_t count) {
  const int64_t size = static_cast<int64_t>(samples.images.size()) / samples.count();
  const auto images = samples.images.begin();
  const auto labels = samples.labels.begin();
  return {{images + first * size, images + (first + count) * size},
          {labels + first, labels + first + count}};
}

int32_t untouched(float*, int64_t) { return 0; }

// A process alone: the exchange itself changes no bit, however the tensors are padded.
void check_alone(const Library& library, Report& report, const Variant& variant, int threads) {
  const std::string name = std::string("peers: ") + library.isa() + ", " + variant.name + ", " +
                           std::to_string(threads) + " threads: ";
  const Tensors<float> parameters = initial(variant.network, 31);
  const Samples samples = random_samples(variant.network, 80, 31);
  Engine with(library, variant.network, threads, parameters);
  Engine without(library, variant.network, threads, parameters);
  Engine pure(library, variant.network, threads, parameters);
  for (Engine* engine : {&with, &without}) engine->optimize(sgd(0.1, 0.9));
  const Values gradient = joined(pure.gradients(part(samples, 0, 32)));
  bool is_first = true;
  const Ended ended = train(library, with, samples, 32, [&](float* values, int64_t count) {
    if (std::exchange(is_first, false)) {
      report.check(Values(values, values + count - 1) == gradient, name + "the gradient, in order");
      report.check(values[count - 1] == 0, name + "nobody stops");
    }
    return 0;
  });
  const lenet_fused_result result = without.train(samples, 32);
  report.check(ended.status == LENET_FUSED_OK && !ended.result.stopped, name + "ends well");
  report.check(with.stored() == without.stored() &&
                   with.stored(LENET_FUSED_MOMENTUM) == without.stored(LENET_FUSED_MOMENTUM),
               name + "as without peers");
  report.check(ended.result.loss == result.loss && ended.result.correct == result.correct &&
                   ended.result.batches == 3 && ended.result.samples == 80,
               name + "result as without peers");
}

// The mean as PyTorch forms it: each times 1/size, then the sum.
Values mean(const std::vector<Values>& all) {
  const float part = 1 / static_cast<float>(all.size());
  Values result(all[0].size());
  for (const Values& values : all) {
    for (size_t i = 0; i < result.size(); ++i) result[i] += values[i] * part;
  }
  return result;
}

// Several processes whose batches differ, and one that is handed the mean of their gradients.
void check_several(const Library& library, Report& report, int size, int threads) {
  const std::string name = std::string("peers: ") + library.isa() + ", " + std::to_string(size) +
                           " of " + std::to_string(threads) + " threads: ";
  constexpr int kSteps = 4;
  const Tensors<float> parameters = initial(chapter(), 32);
  std::vector<Samples> samples;
  std::vector<std::unique_ptr<Engine>> engines;
  for (int rank = 0; rank < size; ++rank) {
    samples.push_back(random_samples(chapter(), kSteps * (24 + 8 * rank), 32 + rank));
    engines.push_back(std::make_unique<Engine>(library, chapter(), threads, parameters));
    engines.back()->optimize(adam());
  }
  std::vector<Values> sent(size);
  std::barrier meeting(size);
  std::vector<Ended> ended(size);
  std::vector<std::thread> ranks;
  for (int rank = 0; rank < size; ++rank) {
    ranks.emplace_back([&, rank] {
      const auto average = [&, rank](float* values, int64_t count) {
        sent[rank].assign(values, values + count);
        meeting.arrive_and_wait();
        const Values result = mean(sent);
        std::copy(result.begin(), result.end(), values);
        meeting.arrive_and_wait();
        return 0;
      };
      ended[rank] = train(library, *engines[rank], samples[rank], 24 + 8 * rank, average);
    });
  }
  for (auto& rank : ranks) rank.join();
  for (int rank = 0; rank < size; ++rank) {
    report.check(ended[rank].status == LENET_FUSED_OK && ended[rank].result.batches == kSteps &&
                     ended[rank].result.samples == samples[rank].count(),
                 name + "each its own data");
    report.check(engines[rank]->stored() == engines[0]->stored(), name + "bit-equal");
  }

  Engine one(library, chapter(), threads, parameters);
  one.optimize(adam());
  for (int step = 0; step < kSteps; ++step) {
    std::vector<Values> gradients;
    Engine pure(library, chapter(), threads, one.stored());
    for (int rank = 0; rank < size; ++rank) {
      const int64_t count = 24 + 8 * rank;
      gradients.push_back(joined(pure.gradients(part(samples[rank], step * count, count))));
    }
    const Values whole = mean(gradients);
    train(library, one, part(samples[0], 0, 8), 8, [&](float* values, int64_t) {
      std::copy(whole.begin(), whole.end(), values);
      return 0;
    });
  }
  report.check(one.stored() == engines[0]->stored(), name + "as the slices added in one process");
}

void check_failure(const Library& library, Report& report, int threads) {
  const std::string name = std::string("peers: ") + library.isa() + ", " + std::to_string(threads) +
                           " threads, failing: ";
  const Tensors<float> parameters = initial(chapter(), 33);
  const Samples samples = random_samples(chapter(), 5 * 16, 33);
  Engine whole(library, chapter(), threads, parameters);
  whole.optimize(adam());
  whole.train(samples, 16);
  for (int fatal : {1, 3, 5}) {
    Engine engine(library, chapter(), threads, parameters);
    engine.optimize(adam());
    int calls = 0;
    lenet_fused_control control{};
    const Ended ended = train(
        library, engine, samples, 16,
        [&](float* values, int64_t count) {
          if (++calls < fatal) return 0;
          std::fill(values, values + count, 7.0f);  // what was half received counts for nothing
          return -1;
        },
        &control);
    const int done = fatal - 1;
    report.check(ended.status == LENET_FUSED_NOT_AVERAGED && library.message()[0] != '\0',
                 name + "status");
    report.check(ended.result.batches == done && ended.result.samples == 16 * done &&
                     !ended.result.stopped && control.batches == done,
                 name + "only the steps before count");
    report.check(library.steps(engine.get()) == done, name + "steps");
    const Ended rest = train(library, engine, samples, 16, untouched, nullptr, 16 * done);
    report.check(rest.status == LENET_FUSED_OK && engine.stored() == whole.stored(),
                 name + "goes on where it was");
  }
}

void check_stop(const Library& library, Report& report, int threads) {
  const std::string name = std::string("peers: ") + library.isa() + ", " + std::to_string(threads) +
                           " threads, stopping: ";
  const Samples samples = random_samples(chapter(), 5 * 16, 34);
  Engine engine(library, chapter(), threads, initial(chapter(), 34));
  engine.optimize(adam());
  const auto run = [&](lenet_fused_control* control, const Average& average) {
    return train(library, engine, samples, 16, average, control).result;
  };
  for (int last : {1, 3, 5}) {
    int calls = 0;
    const auto result = run(nullptr, [&](float* values, int64_t count) {
      if (++calls == last) values[count - 1] = 0.25f;  // one of four has asked
      return 0;
    });
    report.check(result.stopped && result.batches == last, name + "where another asked");
  }
  lenet_fused_control control{};
  control.stop = 1;
  float asked = 0;
  auto result = run(&control, [&](float* values, int64_t count) {
    asked = values[count - 1];
    return 0;
  });
  report.check(asked == 1 && result.stopped && result.batches == 1,
               name + "asked before the first step: it is taken");
  result = run(&control, [](float* values, int64_t count) {
    values[count - 1] = 0;
    return 0;
  });
  report.check(!result.stopped && result.batches == 5, name + "goes on until all agree");

  const lenet_fused_data data = samples.view();
  const lenet_fused_peers none{nullptr, nullptr};
  report.check(library.train(engine.get(), &data, nullptr, 80, 16, nullptr, &none, nullptr,
                             &result) == LENET_FUSED_INVALID,
               name + "peers without a function");
}

}  // namespace

void test_peers(const Library& library, Report& report) {
  for (int threads : {1, 2, 3}) {
    for (const Variant& variant : all_variants()) check_alone(library, report, variant, threads);
    check_several(library, report, 2, threads);
    check_several(library, report, 3, threads);
    check_failure(library, report, threads);
    check_stop(library, report, threads);
  }
}
