#include "fused.h"

#include <ATen/ATen.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "background.h"
#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "fusedLibrary.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kEngineTag = {0x6c656e65742d6675ULL, 0x7365642d656e6769ULL};

// A parameter as the engine last had it.
struct Mark {
  const void* data = nullptr;
  int64_t version = -1;
};

struct Engine {
  Engine(const FusedLibrary& opened, const lenet_fused_network& network, int32_t threads)
      : library(opened), sizes(sizesOf(network)), network(network) {
    checkFused(library, library.create(&network, threads, &engine));
  }
  ~Engine() { library.destroy(engine); }
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  static std::array<int64_t, LENET_FUSED_TENSORS> sizesOf(const lenet_fused_network& network) {
    std::array<int64_t, LENET_FUSED_TENSORS> sizes;
    for (int i = 0; i < 2; i++) {
      sizes[2 * i] = 25LL * network.conv[i].in_channels * network.conv[i].out_channels;
      sizes[2 * i + 1] = network.conv[i].out_channels;
    }
    for (int i = 0; i < 3; i++) {
      sizes[4 + 2 * i] = int64_t{network.linear[i].in_features} * network.linear[i].out_features;
      sizes[5 + 2 * i] = network.linear[i].out_features;
    }
    return sizes;
  }
  int64_t imageSize() const {
    return int64_t{network.conv[0].in_channels} * network.height * network.width;
  }
  int64_t classes() const { return network.linear[2].out_features; }

  const FusedLibrary& library;
  const std::array<int64_t, LENET_FUSED_TENSORS> sizes;
  const lenet_fused_network network;
  lenet_fused_engine* engine = nullptr;
  std::array<Mark, LENET_FUSED_TENSORS> marks;
};

using EnginePointer = std::shared_ptr<Engine>;
using Tensors = std::array<at::Tensor, LENET_FUSED_TENSORS>;

EnginePointer requireEngine(const Napi::CallbackInfo& info) {
  bool tagged = false;
  if (!info[0].IsObject() ||
      napi_check_object_type_tag(info.Env(), info[0], &kEngineTag, &tagged) != napi_ok || !tagged) {
    throwInvalidArgument("expected a fused engine, got " + describe(info.Env(), info[0]));
  }
  void* data = nullptr;
  check(info.Env(), napi_unwrap(info.Env(), info[0], &data));
  return *static_cast<EnginePointer*>(data);
}

at::Tensor tensorAt(const Napi::CallbackInfo& info, size_t index, const char* what) {
  if (info[index].IsNull() || info[index].IsUndefined()) return {};
  return unwrapTensor(Environment::of(info.Env()), info[index], what).tensor;
}

void requirePlain(const at::Tensor& tensor, const char* what) {
  TORCH_CHECK(tensor.is_cpu() && tensor.is_contiguous(), what,
              ": expected a contiguous tensor on the CPU");
}

// Argument 2: the network's ten tensors, null for an absent bias.
Tensors requireTensors(const Napi::CallbackInfo& info, size_t index, const Engine& engine) {
  const auto array = info[index].As<Napi::Array>();
  Tensors tensors;
  for (uint32_t i = 0; i < LENET_FUSED_TENSORS; i++) {
    const Napi::Value value = array.Get(i);
    if (value.IsNull() || value.IsUndefined()) continue;
    tensors[i] = unwrapTensor(Environment::of(info.Env()), value, "tensor").tensor;
    requirePlain(tensors[i], "engine");
    TORCH_CHECK(tensors[i].scalar_type() == c10::kFloat && tensors[i].numel() == engine.sizes[i],
                "engine: tensor ", i, ": expected float32 with ", engine.sizes[i], " elements");
  }
  return tensors;
}

Mark markOf(const at::Tensor& tensor) {
  if (!tensor.defined()) return {};
  return {tensor.const_data_ptr(), static_cast<int64_t>(tensor._version())};
}

void markParameters(Engine& engine, const Tensors& tensors) {
  for (size_t i = 0; i < tensors.size(); i++) engine.marks[i] = markOf(tensors[i]);
}

// isFusedCurrent(engine, tensors): whether the engine's parameters are these, unchanged since.
Napi::Value isFusedCurrent(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto tensors = requireTensors(info, 1, *engine);
  bool current = true;
  for (size_t i = 0; i < tensors.size(); i++) {
    const auto mark = markOf(tensors[i]);
    current &= mark.data == engine->marks[i].data && mark.version == engine->marks[i].version;
  }
  return Napi::Boolean::New(info.Env(), current);
}

// loadFused(engine, state, tensors)
Napi::Value loadFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto tensors = requireTensors(info, 2, *engine);
  const float* pointers[LENET_FUSED_TENSORS];
  for (size_t i = 0; i < tensors.size(); i++) {
    pointers[i] = tensors[i].defined() ? tensors[i].const_data_ptr<float>() : nullptr;
  }
  checkFused(engine->library, engine->library.load(engine->engine, state, pointers));
  if (state == LENET_FUSED_PARAMETERS) markParameters(*engine, tensors);
  return info.Env().Undefined();
}

// storeFused(engine, state, tensors): autograd learns that the tensors have changed.
Napi::Value storeFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto tensors = requireTensors(info, 2, *engine);
  float* pointers[LENET_FUSED_TENSORS];
  for (size_t i = 0; i < tensors.size(); i++) {
    pointers[i] = tensors[i].defined() ? tensors[i].mutable_data_ptr<float>() : nullptr;
  }
  checkFused(engine->library, engine->library.store(engine->engine, state, pointers));
  for (const auto& tensor : tensors) {
    if (tensor.defined()) tensor.unsafeGetTensorImpl()->bump_version();
  }
  if (state == LENET_FUSED_PARAMETERS) markParameters(*engine, tensors);
  return info.Env().Undefined();
}

// createFused(path, network, threads): `network` is an Int32Array in the order of the C struct.
Napi::Value createFused(const Napi::CallbackInfo& info) {
  const auto& library = openFusedLibrary(info[0].As<Napi::String>());
  const auto numbers = info[1].As<Napi::Int32Array>();
  lenet_fused_network network;
  if (numbers.ByteLength() != sizeof network) throwInvalidArgument("createFused: network");
  std::memcpy(&network, numbers.Data(), sizeof network);
  auto engine = std::make_shared<Engine>(library, network, info[2].As<Napi::Number>().Int32Value());
  auto object = Napi::Object::New(info.Env());
  check(info.Env(), napi_type_tag_object(info.Env(), object, &kEngineTag));
  auto owned = std::make_unique<EnginePointer>(std::move(engine));
  check(info.Env(),
        napi_wrap(
            info.Env(), object, owned.get(),
            [](napi_env, void* data, void*) { delete static_cast<EnginePointer*>(data); }, nullptr,
            nullptr));
  owned.release();
  return object;
}

// configureFused(engine, options, steps)
Napi::Value configureFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto options = info[1].As<Napi::Object>();
  const auto number = [&](const char* name) {
    return options.Has(name) ? options.Get(name).ToNumber().DoubleValue() : 0.0;
  };
  const lenet_fused_optimizer optimizer = {static_cast<int32_t>(number("algorithm")),
                                           static_cast<int32_t>(number("nesterov")),
                                           number("lr"),
                                           number("weightDecay"),
                                           number("beta1"),
                                           number("beta2"),
                                           number("eps"),
                                           number("momentum"),
                                           number("dampening")};
  checkFused(engine->library,
             engine->library.set_optimizer(engine->engine, &optimizer,
                                           info[2].As<Napi::Number>().Int64Value()));
  return info.Env().Undefined();
}

// A data set in memory, and which of its examples: what a call in the background reads.
struct Batches {
  at::Tensor images, labels, table, order;
  int64_t first = 0, count = 0;
  std::vector<double> losses = {};  // of each batch, when training
  lenet_fused_control control = {};
  lenet_fused_result result = {};

  lenet_fused_data data() const {
    return {images.const_data_ptr(),
            labels.defined() ? labels.const_data_ptr() : nullptr,
            images.size(0),
            images.scalar_type() == c10::kByte ? LENET_FUSED_UINT8 : LENET_FUSED_FLOAT32,
            labels.defined() && labels.scalar_type() == c10::kByte ? LENET_FUSED_UINT8
                                                                   : LENET_FUSED_INT64,
            table.defined() ? table.const_data_ptr<float>() : nullptr};
  }
  const int64_t* indices() const { return order.const_data_ptr<int64_t>() + first; }
  void stop() { __atomic_store_n(&control.stop, 1, __ATOMIC_RELAXED); }
};

void requireImages(const at::Tensor& images, const at::Tensor& table, const Engine& engine) {
  TORCH_CHECK(images.defined(), "images: expected a tensor");
  requirePlain(images, "images");
  const bool bytes = images.scalar_type() == c10::kByte;
  TORCH_CHECK(bytes || images.scalar_type() == c10::kFloat, "images: expected uint8 or float32");
  TORCH_CHECK(images.dim() == 4 && images.numel() == images.size(0) * engine.imageSize(),
              "images: expected (N, C, H, W) of the network's size");
  if (!table.defined()) return;
  requirePlain(table, "table");
  TORCH_CHECK(table.scalar_type() == c10::kFloat && table.numel() == 256,
              "table: expected 256 float32 values");
}

// Arguments 1 to 6: images, labels, table, order, first, count.
std::shared_ptr<Batches> requireBatches(const Napi::CallbackInfo& info, const Engine& engine) {
  auto batches = std::make_shared<Batches>();
  batches->images = tensorAt(info, 1, "images");
  batches->labels = tensorAt(info, 2, "labels");
  batches->table = tensorAt(info, 3, "table");
  batches->order = tensorAt(info, 4, "order");
  batches->first = info[5].As<Napi::Number>().Int64Value();
  batches->count = info[6].As<Napi::Number>().Int64Value();
  requireImages(batches->images, batches->table, engine);
  const auto& labels = batches->labels;
  TORCH_CHECK(labels.defined() && labels.numel() == batches->images.size(0) &&
                  (labels.scalar_type() == c10::kByte || labels.scalar_type() == c10::kLong),
              "labels: expected uint8 or int64, one for each image");
  requirePlain(labels, "labels");
  const auto& order = batches->order;
  TORCH_CHECK(order.defined() && order.scalar_type() == c10::kLong && batches->first >= 0 &&
                  batches->count >= 0 && batches->first + batches->count <= order.numel(),
              "order: expected int64 indices");
  requirePlain(order, "order");
  return batches;
}

napi_value resultToJavaScript(napi_env env, const Batches& batches) {
  const auto& result = batches.result;
  auto object = Napi::Object::New(env);
  object.Set("loss", result.loss);
  object.Set("correct", static_cast<double>(result.correct));
  object.Set("batches", static_cast<double>(result.batches));
  object.Set("samples", static_cast<double>(result.samples));
  object.Set("stopped", result.stopped != 0);
  if (batches.losses.empty()) return object;
  auto losses = Napi::Float64Array::New(env, result.batches);
  std::copy_n(batches.losses.begin(), result.batches, losses.Data());
  object.Set("losses", losses);
  return object;
}

// Starts `call` in the background: { promise of the result, stop() }.
template <typename Call>
Napi::Value start(Napi::Env env, std::shared_ptr<Batches> batches, Call call) {
  auto task = Napi::Object::New(env);
  task.Set("stop",
           Napi::Function::New(env, [batches](const Napi::CallbackInfo&) { batches->stop(); }));
  task.Set(
      "promise",
      runInBackground(env, {[batches, call] { call(*batches); },
                            [batches](napi_env raw) { return resultToJavaScript(raw, *batches); },
                            [batches] { batches->stop(); }}));
  return task;
}

// trainFused(engine, images, labels, table, order, first, count, batchSize)
Napi::Value trainFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const int64_t batchSize = info[7].As<Napi::Number>().Int64Value();
  auto all = requireBatches(info, *engine);
  if (batchSize > 0) all->losses.resize((all->count + batchSize - 1) / batchSize);
  return start(info.Env(), std::move(all), [engine, batchSize](Batches& batches) {
    const auto data = batches.data();
    const auto status =
        engine->library.train(engine->engine, &data, batches.indices(), batches.count, batchSize,
                              batches.losses.data(), &batches.control, &batches.result);
    checkFused(engine->library, status);
  });
}

// evaluateFused(engine, images, labels, table, order, first, count)
Napi::Value evaluateFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  return start(info.Env(), requireBatches(info, *engine), [engine](Batches& batches) {
    const auto data = batches.data();
    const auto status = engine->library.evaluate(engine->engine, &data, batches.indices(),
                                                 batches.count, &batches.control, &batches.result);
    checkFused(engine->library, status);
  });
}

at::Tensor predict(const Engine& engine, const at::Tensor& images, const at::Tensor& table) {
  const Batches batches{images, {}, table, {}};
  const auto data = batches.data();
  auto logits =
      at::empty({images.size(0), engine.classes()}, at::TensorOptions().dtype(c10::kFloat));
  const auto status = engine.library.predict(engine.engine, &data, nullptr, images.size(0),
                                             logits.mutable_data_ptr<float>());
  checkFused(engine.library, status);
  return logits;
}

// predictFused(engine, images, table): a promise of the logits
Napi::Value predictFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto images = tensorAt(info, 1, "images"), table = tensorAt(info, 2, "table");
  requireImages(images, table, *engine);
  auto logits = std::make_shared<at::Tensor>();
  auto& environment = Environment::of(info.Env());
  return runInBackground(info.Env(), {[=] { *logits = predict(*engine, images, table); },
                                      [=, &environment](napi_env) {
                                        return wrapTensor(environment, std::move(*logits),
                                                          kNoScope);
                                      },
                                      [] {}});
}

// predictFusedNow(engine, images[], table) → logits[]: a few small batches of one dtype at once, on
// this thread.
Napi::Value predictFusedNow(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  auto& environment = Environment::of(info.Env());
  const auto array = info[1].As<Napi::Array>();
  const auto table = tensorAt(info, 2, "table");
  std::vector<at::Tensor> images;
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value value = array.Get(i);
    images.push_back(unwrapTensor(environment, value, "images").tensor);
    requireImages(images.back(), table, *engine);
    TORCH_CHECK(images.back().scalar_type() == images[0].scalar_type(), "images: mixed dtypes");
  }
  auto results = Napi::Array::New(info.Env(), images.size());
  const auto wrap = [&](uint32_t i, at::Tensor tensor) {
    results.Set(i, Napi::Value(info.Env(), wrapTensor(environment, std::move(tensor), kNoScope)));
  };
  if (images.size() == 1) {
    wrap(0, predict(*engine, images[0], table));
  } else if (!images.empty()) {
    const at::NoGradGuard guard;
    const auto logits = predict(*engine, at::cat(images), table);
    int64_t first = 0;
    for (uint32_t i = 0; i < images.size(); i++) {
      const int64_t count = images[i].size(0);
      // A copy, so that one caller's tensor does not hold (or share) everybody's.
      wrap(i, logits.narrow(0, first, count).clone());
      first += count;
    }
  }
  return results;
}

// openFused(path) → the instruction set's name
Napi::Value openFused(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), openFusedLibrary(info[0].As<Napi::String>()).isa());
}

// fmaPeak(path, threads, seconds) → GFLOP/s
Napi::Value fmaPeak(const Napi::CallbackInfo& info) {
  const auto& library = openFusedLibrary(info[0].As<Napi::String>());
  return Napi::Number::New(info.Env(), library.fma_peak(info[1].As<Napi::Number>().Int32Value(),
                                                        info[2].As<Napi::Number>().DoubleValue()));
}

}  // namespace

void exportFused(Environment&, Napi::Object exports) {
  exportFunction<openFused>(exports, "openFused");
  exportFunction<fmaPeak>(exports, "fmaPeak");
  exportFunction<createFused>(exports, "createFused");
  exportFunction<loadFused>(exports, "loadFused");
  exportFunction<storeFused>(exports, "storeFused");
  exportFunction<isFusedCurrent>(exports, "isFusedCurrent");
  exportFunction<configureFused>(exports, "configureFused");
  exportFunction<trainFused>(exports, "trainFused");
  exportFunction<evaluateFused>(exports, "evaluateFused");
  exportFunction<predictFused>(exports, "predictFused");
  exportFunction<predictFusedNow>(exports, "predictFusedNow");
}

}  // namespace lenet_torch
