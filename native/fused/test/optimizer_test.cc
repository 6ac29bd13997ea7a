// Adam and SGD as PyTorch defines them, in double precision, fed with the engine's own gradients.
#include <cmath>

#include "network.h"
#include "tests.h"

namespace {

constexpr int kSteps = 4, kBatch = 24;

// torch/optim/adam.py and sgd.py, _single_tensor_adam and _single_tensor_sgd.
class Expected {
 public:
  Expected(std::vector<lenet_fused_optimizer> groups, std::vector<int32_t> group_of,
           const Tensors<float>& parameters)
      : groups_(std::move(groups)), group_of_(std::move(group_of)) {
    for (size_t t = 0; t < parameters.size(); ++t) {
      parameters_.emplace_back(parameters[t].begin(), parameters[t].end());
      first_.emplace_back(parameters[t].size());
      second_.emplace_back(parameters[t].size());
    }
  }

  void step(const Tensors<float>& gradient) {
    ++steps_;
    for (size_t t = 0; t < gradient.size(); ++t) {
      const lenet_fused_optimizer& o = groups_[group_of_[t]];
      for (size_t i = 0; i < gradient[t].size(); ++i) {
        double &p = parameters_[t][i], &m = first_[t][i], &v = second_[t][i];
        const bool is_decoupled = o.algorithm == LENET_FUSED_ADAMW;
        if (is_decoupled) p *= 1 - o.lr * o.weight_decay;
        const double g = gradient[t][i] + (is_decoupled ? 0 : o.weight_decay * p);
        if (o.algorithm != LENET_FUSED_SGD) {
          m += (1 - o.beta1) * (g - m);
          v = o.beta2 * v + (1 - o.beta2) * g * g;
          const double scale = std::sqrt(1 - std::pow(o.beta2, steps_));
          p -= o.lr / (1 - std::pow(o.beta1, steps_)) * m / (std::sqrt(v) / scale + o.eps);
        } else if (o.momentum == 0) {
          p -= o.lr * g;
        } else {
          m = steps_ == 1 ? g : o.momentum * m + (1 - o.dampening) * g;
          p -= o.lr * (o.nesterov ? g + o.momentum * m : m);
        }
      }
    }
  }

  const std::vector<lenet_fused_optimizer> groups_;
  const std::vector<int32_t> group_of_;
  int steps_ = 0;
  Tensors<double> parameters_, first_, second_;
};

double worst_distance(const Tensors<float>& a, const Tensors<double>& b) {
  double worst = 0;
  for (size_t t = 0; t < a.size(); ++t) {
    const double d = distance(a[t], b[t]);
    if (!(d <= worst)) worst = d;
  }
  return worst;
}

void check_steps(const Library& library, Report& report, const std::string& what,
                 const std::vector<lenet_fused_optimizer>& groups) {
  const lenet_fused_optimizer& options = groups[0];
  const Tensors<float> parameters = initial(chapter(), 3);
  const Samples samples = random_samples(chapter(), kBatch, 3);
  const std::string name = std::string("optimizer: ") + library.isa() + ", " + what;
  Engine engine(library, chapter(), 2, parameters);
  // Neighbours in other groups: each tensor is updated by itself.
  std::vector<int32_t> group_of(parameters.size());
  for (size_t t = 0; t < group_of.size(); ++t) group_of[t] = t % groups.size();
  engine.require(library.set_optimizer(engine.get(), groups.data(),
                                       static_cast<int32_t>(groups.size()), group_of.data(), 0));
  Expected expected(groups, group_of, parameters);
  for (int step = 0; step < kSteps; ++step) {
    expected.step(engine.gradients(samples));
    engine.train(samples, kBatch);
  }
  report.below(worst_distance(engine.stored(), expected.parameters_), 1e-6, name);
  report.check(library.steps(engine.get()) == kSteps, name + ": steps");
  if (options.algorithm != LENET_FUSED_SGD) {
    report.below(worst_distance(engine.stored(LENET_FUSED_EXP_AVG), expected.first_), 2e-6,
                 name + ": exp_avg");
    report.below(worst_distance(engine.stored(LENET_FUSED_EXP_AVG_SQ), expected.second_), 2e-6,
                 name + ": exp_avg_sq");
  } else if (options.momentum != 0) {
    report.below(worst_distance(engine.stored(LENET_FUSED_MOMENTUM), expected.first_), 2e-6,
                 name + ": momentum_buffer");
  }
}

// Stored state, loaded elsewhere, goes on exactly where it was.
void check_resume(const Library& library, Report& report, const lenet_fused_optimizer& options) {
  const Samples samples = random_samples(chapter(), 100, 4);
  Engine one(library, chapter(), 2, initial(chapter(), 4));
  one.optimize(options);
  one.train(samples, 32);
  Engine two(library, chapter(), 2, one.stored());
  two.optimize(options, library.steps(one.get()));
  const bool is_adam = options.algorithm != LENET_FUSED_SGD;
  for (int32_t state : {is_adam ? LENET_FUSED_EXP_AVG : LENET_FUSED_MOMENTUM,
                        is_adam ? LENET_FUSED_EXP_AVG_SQ : LENET_FUSED_MOMENTUM}) {
    const Tensors<float> moments = one.stored(state);
    two.require(library.load(two.get(), state, pointers(moments).data()));
  }
  one.train(samples, 32);
  two.train(samples, 32);
  report.check(one.stored() == two.stored(),
               std::string("optimizer: ") + library.isa() + ", resumed run is bit-equal");
}

}  // namespace

void test_optimizers(const Library& library, Report& report) {
  lenet_fused_optimizer options = adam();
  check_steps(library, report, "adam", {options});
  options.weight_decay = 0.01;
  options.beta1 = 0.8;
  options.eps = 1e-3;
  check_steps(library, report, "adam, decay", {options});
  check_steps(library, report, "sgd", {sgd(0.1)});
  check_steps(library, report, "sgd, momentum", {sgd(0.1, 0.9)});
  options = sgd(0.05, 0.9);
  options.dampening = 0.3;
  options.weight_decay = 0.02;
  check_steps(library, report, "sgd, dampening, decay", {options});
  options.dampening = 0;
  options.nesterov = 1;
  check_steps(library, report, "sgd, nesterov", {options});
  lenet_fused_optimizer decoupled = adam(2e-3);
  decoupled.algorithm = LENET_FUSED_ADAMW;
  decoupled.weight_decay = 0.1;
  check_steps(library, report, "adamw", {decoupled});
  lenet_fused_optimizer other = decoupled;
  other.lr = 5e-3;
  other.beta2 = 0.9;
  other.weight_decay = 0;
  check_steps(library, report, "adamw, two groups", {decoupled, other});
  check_steps(library, report, "sgd, three groups", {sgd(0.1, 0.9), sgd(0, 0.5), options});
  check_resume(library, report, adam());
  check_resume(library, report, decoupled);
  check_resume(library, report, sgd(0.1, 0.9));

  for (const auto& zero : {adam(0), sgd(0, 0.9)}) {
    const Tensors<float> parameters = initial(chapter(), 5);
    Engine engine(library, chapter(), 2, parameters);
    engine.optimize(zero);
    engine.train(random_samples(chapter(), 50, 5), 16);
    report.check(engine.stored() == parameters,
                 std::string("optimizer: ") + library.isa() + ", learning rate 0 changes nothing");
  }
}
