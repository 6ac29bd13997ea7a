#include "fused.h"

#include <ATen/ATen.h>
#include <ATen/EmptyTensor.h>
#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <array>
#include <exception>
#include <memory>
#include <vector>

#include "average.h"
#include "background.h"
#include "data.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "fusedEngine.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// A data set in memory, and which of its examples: what a call in the background reads.
struct Batches {
  at::Tensor images, labels, table, order;
  int64_t first = 0, count = 0;
  std::vector<double> losses = {};  // of each batch, when training
  lenet_fused_control control = {};
  lenet_fused_result result = {};
  AveragePointer average = {};  // where several processes train
  std::exception_ptr failure = {};

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
  // For the end of the environment: nobody waits for other processes any more.
  void giveUp() {
    stop();
    if (average) average->cancel();
  }
  int32_t averaged(float* values, int64_t count) {
    try {
      average->average(values, count);
      return 0;
    } catch (...) {
      failure = std::current_exception();
      return 1;
    }
  }
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
  object.Set("correct", static_cast<double>(result.correct));
  object.Set("batches", static_cast<double>(result.batches));
  object.Set("samples", static_cast<double>(result.samples));
  object.Set("stopped", result.stopped != 0);
  if (batches.failure) {
    object.Set("failure", Napi::Value(env, toJavaScriptError(env, batches.failure)));
  }
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
                            [batches] { batches->giveUp(); }}));
  return task;
}

// trainFused(engine, images, labels, table, order, first, count, batchSize, average?): where
// several processes average their gradients all stop after the same step, and a failure is told
// beside the steps that were taken before.
Napi::Value trainFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const int64_t batchSize = info[7].As<Napi::Number>().Int64Value();
  auto all = requireBatches(info, *engine);
  all->average = averageArgument(info, 8);
  if (batchSize > 0) all->losses.resize((all->count + batchSize - 1) / batchSize);
  return start(info.Env(), std::move(all), [engine, batchSize](Batches& batches) {
    const auto data = batches.data();
    const lenet_fused_peers peers{[](float* values, int64_t count, void* context) {
                                    return static_cast<Batches*>(context)->averaged(values, count);
                                  },
                                  &batches};
    const auto status = engine->library.train(
        engine->engine, &data, batches.indices(), batches.count, batchSize, batches.losses.data(),
        batches.average ? &peers : nullptr, &batches.control, &batches.result);
    if (status != LENET_FUSED_NOT_AVERAGED) checkFused(engine->library, status);
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

at::Tensor predict(const Engine& engine, const lenet_fused_data& data) {
  at::Tensor logits =
      at::detail::empty_cpu({data.count, engine.classes()}, at::TensorOptions().dtype(c10::kFloat));
  const auto status = engine.library.predict(engine.engine, &data, nullptr, data.count,
                                             logits.mutable_data_ptr<float>());
  checkFused(engine.library, status);
  return logits;
}

at::Tensor predict(const Engine& engine, const at::Tensor& images, const at::Tensor& table) {
  return predict(engine, Batches{images, {}, table, {}}.data());
}

// What a byte means where no data set says otherwise.
constexpr auto kUnitTable = [] {
  std::array<float, 256> values{};
  for (size_t i = 0; i < values.size(); i++) values[i] = static_cast<float>(i) / 255.0F;
  return values;
}();

// predictFusedPixels(engine, values, count): the logits of a few images, whose bytes (as 0–1) or
// float32 values lie side by side; at once, undefined where the engine's parameters have changed.
Napi::Value predictFusedPixels(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  auto& environment = Environment::of(info.Env());
  if (!engine->isCurrent(environment)) return info.Env().Undefined();
  const int64_t count = info[2].As<Napi::Number>().Int64Value();
  const auto values = requireTypedArray(info.Env(), info[1], "values");
  const bool bytes = values.type == c10::kByte;
  TORCH_CHECK(bytes || values.type == c10::kFloat, "values: expected uint8 or float32");
  TORCH_CHECK(count >= 1 && static_cast<int64_t>(values.length) == count * engine->imageSize(),
              "values: expected images of the network's size");
  const lenet_fused_data data{values.data,
                              nullptr,
                              count,
                              bytes ? LENET_FUSED_UINT8 : LENET_FUSED_FLOAT32,
                              LENET_FUSED_INT64,
                              bytes ? kUnitTable.data() : nullptr};
  return {info.Env(), wrapTensor(environment, predict(*engine, data), kNoScope)};
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
// this thread; undefined where the engine's parameters have changed.
Napi::Value predictFusedNow(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  auto& environment = Environment::of(info.Env());
  if (!engine->isCurrent(environment)) return info.Env().Undefined();
  const auto array = info[1].As<Napi::Array>();
  const auto table = tensorAt(info, 2, "table");
  std::vector<at::Tensor> images;
  for (uint32_t i = 0; i < array.Length(); i++) {
    const Napi::Value value = array.Get(i);
    images.push_back(unwrapTensor(environment, value, "images").tensor.resolve_neg());
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

}  // namespace

void exportFused(Environment&, Napi::Object exports) {
  exportFunction<trainFused>(exports, "trainFused");
  exportFunction<evaluateFused>(exports, "evaluateFused");
  exportFunction<predictFused>(exports, "predictFused");
  exportFunction<predictFusedPixels>(exports, "predictFusedPixels");
  exportFunction<predictFusedNow>(exports, "predictFusedNow");
}

}  // namespace lenet_torch
