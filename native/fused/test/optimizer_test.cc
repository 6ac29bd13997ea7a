// Adam and SGD as PyTorch defines them, in double precision, fed with the engine's own gradients.
#include <cmath>

#include "network.h"
#include "tests.h"

namespace {

constexpr int kSteps = 4, kBatch = 24;

// torch/optim/adam.py and sgd.py, _single_tensor_adam and _single_tensor_sgd.
class Expected {
 public:
  Expected(const lenet_fused_optimizer& options, const Tensors<float>& parameters) : o_(options) {
    for (size_t t = 0; t < parameters.size(); ++t) {
      parameters_[t].assign(parameters[t].begin(), parameters[t].end());
      first_[t].assign(parameters[t].size(), 0);
      second_[t].assign(parameters[t].size(), 0);
    }
  }

  void step(const Tensors<float>& gradient) {
    ++steps_;
    for (size_t t = 0; t < gradient.size(); ++t) {
      for (size_t i = 0; i < gradient[t].size(); ++i) {
        double &p = parameters_[t][i], &m = first_[t][i], &v = second_[t][i];
        const double g = gradient[t][i] + o_.weight_decay * p;
        if (o_.algorithm == LENET_FUSED_ADAM) {
          m += (1 - o_.beta1) * (g - m);
          v = o_.beta2 * v + (1 - o_.beta2) * g * g;
          const double scale = std::sqrt(1 - std::pow(o_.beta2, steps_));
          p -= o_.lr / (1 - std::pow(o_.beta1, steps_)) * m / (std::sqrt(v) / scale + o_.eps);
        } else if (o_.momentum == 0) {
          p -= o_.lr * g;
        } else {
          m = steps_ == 1 ? g : o_.momentum * m + (1 - o_.dampening) * g;
          p -= o_.lr * (o_.nesterov ? g + o_.momentum * m : m);
        }
      }
    }
  }

  const lenet_fused_optimizer o_;
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
                 const lenet_fused_optimizer& options) {
  const Tensors<float> parameters = initial(chapter(), 3);
  const Samples samples = random_samples(chapter(), kBatch, 3);
  const std::string name = std::string("optimizer: ") + library.isa() + ", " + what;
  Engine engine(library, chapter(), 2, parameters);
  engine.optimize(options);
  Expected expected(options, parameters);
  for (int step = 0; step < kSteps; ++step) {
    expected.step(engine.gradients(samples));
    engine.train(samples, kBatch);
  }
  report.below(worst_distance(engine.stored(), expected.parameters_), 1e-6, name);
  report.check(library.steps(engine.get()) == kSteps, name + ": steps");
  if (options.algorithm == LENET_FUSED_ADAM) {
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
  const bool is_adam = options.algorithm == LENET_FUSED_ADAM;
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
  check_steps(library, report, "adam", options);
  options.weight_decay = 0.01;
  options.beta1 = 0.8;
  options.eps = 1e-3;
  check_steps(library, report, "adam, decay", options);
  check_steps(library, report, "sgd", sgd(0.1));
  check_steps(library, report, "sgd, momentum", sgd(0.1, 0.9));
  options = sgd(0.05, 0.9);
  options.dampening = 0.3;
  options.weight_decay = 0.02;
  check_steps(library, report, "sgd, dampening, decay", options);
  options.dampening = 0;
  options.nesterov = 1;
  check_steps(library, report, "sgd, nesterov", options);
  check_resume(library, report, adam());
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
