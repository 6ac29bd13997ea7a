// What callers may get wrong is a status and a sentence, never a crash, and changes nothing.
#include <cstring>

#include "network.h"
#include "tests.h"

namespace {

void check_networks(const Library& library, Report& report) {
  const auto refused = [&](const char* what, auto change) {
    lenet_fused_network network = chapter();
    change(network);
    lenet_fused_engine* engine = nullptr;
    const auto status = library.create(&network, 1, &engine);
    report.check(status == LENET_FUSED_UNSUPPORTED && !engine && std::strlen(library.message()) > 0,
                 std::string("interface: ") + library.isa() + ": " + what);
  };
  refused("an even kernel", [](auto& n) { n.layers[0].kernel = 4; });
  refused("a kernel of 9", [](auto& n) { n.layers[0].kernel = 9; });
  refused("padding of a kernel", [](auto& n) { n.layers[0].padding = 5; });
  refused("a stride of 3", [](auto& n) { n.layers[0].stride = 3; });
  refused("too many channels", [](auto& n) { n.layers[3].outputs = LENET_FUSED_MAX_CHANNELS + 1; });
  refused("no such layer", [](auto& n) { n.layers[1].kind = 9; });
  refused("no such activation", [](auto& n) { n.layers[1].activation = 9; });
  refused("a slope below 0", [](auto& n) { n.layers[1].slope = -0.1f; });
  refused("two activations", [](auto& n) { n.layers[8].kind = LENET_FUSED_ACTIVATE; });
  refused("a convolution behind a linear layer", [](auto& n) { n.layers[8] = conv(3, 1); });
  refused("pooling of other windows", [](auto& n) { n.layers[2].kernel = 4; });
  refused("an activation on the logits",
          [](auto& n) { n.layers[n.count++] = activation(LENET_FUSED_RELU); });
  refused("an image too small", [](auto& n) { n.height = 12; });
  refused("an image too large", [](auto& n) { n.width = 65; });
  refused("no features", [](auto& n) { n.layers[8].outputs = 0; });
  refused("no layers", [](auto& n) { n.count = 0; });
  refused("more layers than there can be", [](auto& n) { n.count = LENET_FUSED_MAX_LAYERS + 1; });
  const lenet_fused_network network = chapter();
  lenet_fused_engine* engine = nullptr;
  report.check(library.create(&network, 0, &engine) == LENET_FUSED_INVALID, "no threads");
  report.check(library.create(nullptr, 1, &engine) == LENET_FUSED_INVALID, "no network");
}

void check_data(const Library& library, Report& report) {
  const std::string name = std::string("interface: ") + library.isa() + ": ";
  const Tensors<float> parameters = initial(chapter(), 20);
  Engine engine(library, chapter(), 2, parameters);
  Samples samples = random_samples(chapter(), 40, 20);
  lenet_fused_data data = samples.view();
  lenet_fused_result result;
  const auto train = [&](const int64_t* order, int64_t count, int64_t batch) {
    return library.train(engine.get(), &data, order, count, batch, nullptr, nullptr, nullptr,
                         &result);
  };
  report.check(train(nullptr, 40, 8) == LENET_FUSED_INVALID, name + "no optimizer");
  engine.optimize(adam());
  for (int64_t wrong : {int64_t{-100}, int64_t{-1}, int64_t{10}, INT64_MAX}) {
    samples.labels[39] = wrong;
    report.check(train(nullptr, 40, 8) == LENET_FUSED_LABEL_RANGE, name + "label out of range");
    report.check(std::strstr(library.message(), std::to_string(wrong).c_str()),
                 name + "its message");
    report.check(library.evaluate(engine.get(), &data, nullptr, 40, nullptr, &result) ==
                     LENET_FUSED_LABEL_RANGE,
                 name + "label out of range in evaluation");
  }
  samples.labels[39] = 0;
  for (int64_t wrong : {int64_t{-1}, int64_t{40}}) {
    report.check(train(&wrong, 1, 8) == LENET_FUSED_INDEX_RANGE, name + "index out of range");
  }
  report.check(train(nullptr, 41, 8) == LENET_FUSED_INDEX_RANGE, name + "more than there are");
  report.check(train(nullptr, 40, 0) == LENET_FUSED_INVALID, name + "batch size 0");
  report.check(train(nullptr, -1, 8) == LENET_FUSED_INVALID, name + "negative count");
  report.check(engine.stored() == parameters && library.steps(engine.get()) == 0,
               name + "refused calls change nothing");
  report.check(train(nullptr, 0, 8) == LENET_FUSED_OK && result.batches == 0, name + "empty order");
  data.image_dtype = LENET_FUSED_INT64;
  report.check(train(nullptr, 40, 8) == LENET_FUSED_INVALID, name + "wrong dtype");
  data = samples.view();
  data.labels = nullptr;
  report.check(train(nullptr, 40, 8) == LENET_FUSED_INVALID, name + "no labels");
  std::vector<float> logits(400);
  report.check(library.predict(engine.get(), &data, nullptr, 40, logits.data()) == LENET_FUSED_OK,
               name + "prediction without labels");
}

void check_state(const Library& library, Report& report) {
  const std::string name = std::string("interface: ") + library.isa() + ": ";
  Tensors<float> parameters = initial(chapter(), 21);
  Engine engine(library, chapter(), 1, parameters);
  report.check(engine.stored() == parameters, name + "parameters come back bit-equal");
  auto tensors = pointers(parameters);
  report.check(
      library.store(engine.get(), LENET_FUSED_EXP_AVG, tensors.data()) == LENET_FUSED_INVALID,
      name + "no moments without Adam");
  tensors[3] = nullptr;
  report.check(
      library.load(engine.get(), LENET_FUSED_PARAMETERS, tensors.data()) == LENET_FUSED_INVALID,
      name + "missing tensor");
  lenet_fused_optimizer wrong = adam(-1);
  report.check(library.set_optimizer(engine.get(), &wrong, 1, nullptr, 0) == LENET_FUSED_INVALID,
               name + "negative lr");
  wrong = adam();
  wrong.beta1 = 1;
  report.check(library.set_optimizer(engine.get(), &wrong, 1, nullptr, 0) == LENET_FUSED_INVALID,
               name + "beta1 of 1");
  const lenet_fused_optimizer mixed[] = {sgd(0.1), sgd(0.1, 0.9), adam()};
  const std::vector<int32_t> beyond(parameters.size(), 2), first(parameters.size(), 0);
  const auto set = [&](const lenet_fused_optimizer* groups, int32_t count, const int32_t* of) {
    return library.set_optimizer(engine.get(), groups, count, of, 0);
  };
  report.check(set(mixed, 0, nullptr) == LENET_FUSED_INVALID, name + "no groups");
  report.check(set(mixed, 2, first.data()) == LENET_FUSED_INVALID,
               name + "momentum in some groups");
  report.check(set(mixed + 1, 2, first.data()) == LENET_FUSED_INVALID, name + "two algorithms");
  report.check(set(mixed, 1, beyond.data()) == LENET_FUSED_INVALID, name + "no such group");
  report.check(library.load(nullptr, 0, tensors.data()) == LENET_FUSED_INVALID, name + "no engine");
  report.check(library.abi() == LENET_FUSED_ABI, name + "ABI");
  report.check(library.fma_peak(1, 0.01) > 0.1, name + "FMA peak");
}

}  // namespace

void test_interface(const Library& library, Report& report) {
  check_networks(library, report);
  check_data(library, report);
  check_state(library, report);
}
