#include "fusedEngine.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kEngineTag = {0x6c656e65742d6675ULL, 0x7365642d656e6769ULL};

using TensorHandles = std::vector<TensorHandle*>;

// An array of the network's tensors, null for an absent bias.
TensorHandles requireTensors(const Napi::CallbackInfo& info, size_t index, const Engine& engine) {
  const auto array = info[index].As<Napi::Array>();
  TensorHandles handles(engine.sizes.size());
  for (uint32_t i = 0; i < handles.size(); i++) {
    const Napi::Value value = array.Get(i);
    if (value.IsNull() || value.IsUndefined()) continue;
    handles[i] = &unwrapTensor(Environment::of(info.Env()), value, "tensor");
    const auto& tensor = handles[i]->tensor;
    requirePlain(tensor, "engine");
    TORCH_CHECK(tensor.scalar_type() == c10::kFloat && tensor.numel() == engine.sizes[i],
                "engine: tensor ", i, ": expected float32 with ", engine.sizes[i], " elements");
  }
  return handles;
}

void markParameters(Engine& engine, const TensorHandles& handles) {
  engine.marks.clear();
  for (auto* handle : handles) {
    if (handle == nullptr) continue;
    const auto& tensor = handle->tensor;
    engine.marks.push_back({handle, tensor, tensor.storage(), tensor.const_data_ptr(),
                            static_cast<int64_t>(tensor._version())});
  }
}

// The tensors of a list, whatever they are.
TensorHandles sourcesAt(const Napi::CallbackInfo& info, size_t index) {
  const auto array = info[index].As<Napi::Array>();
  TensorHandles handles;
  for (uint32_t i = 0; i < array.Length(); i++) {
    handles.push_back(&unwrapTensor(Environment::of(info.Env()), array.Get(i), "source"));
    requirePlain(handles.back()->tensor, "source");
  }
  return handles;
}

// haveOwnMemory(tensors): whether each of these contiguous tensors has its elements in memory, and
// no two have one in common.
Napi::Value haveOwnMemory(const Napi::CallbackInfo& info) {
  const auto array = info[0].As<Napi::Array>();
  std::vector<std::pair<const char*, const char*>> ranges;
  bool have = true;
  for (uint32_t i = 0; i < array.Length(); i++) {
    const auto& tensor = unwrapTensor(Environment::of(info.Env()), array.Get(i), "tensor").tensor;
    have = have && hasOwnElements(tensor);
    if (!have || tensor.nbytes() == 0) continue;
    const auto* begin = static_cast<const char*>(tensor.const_data_ptr());
    ranges.emplace_back(begin, begin + tensor.nbytes());
  }
  std::sort(ranges.begin(), ranges.end());
  const auto overlap = [](const auto& a, const auto& b) { return b.first < a.second; };
  have = have && std::adjacent_find(ranges.begin(), ranges.end(), overlap) == ranges.end();
  return Napi::Boolean::New(info.Env(), have);
}

// isFusedCurrent(engine)
Napi::Value isFusedCurrent(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  return Napi::Boolean::New(info.Env(), engine->isCurrent(Environment::of(info.Env())));
}

// workOfFused(engine): about how many multiply-adds one image takes
Napi::Value workOfFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  return Napi::Number::New(info.Env(), static_cast<double>(engine->library.work(engine->engine)));
}

// loadFused(engine, state, tensors, sources?): parameters are as they were as long as their sources
// are, which are themselves unless told.
Napi::Value loadFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto handles = requireTensors(info, 2, *engine);
  std::vector<const float*> pointers(handles.size());
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] != nullptr) pointers[i] = handles[i]->tensor.const_data_ptr<float>();
  }
  checkFused(engine->library, engine->library.load(engine->engine, state, pointers.data()));
  if (state == LENET_FUSED_PARAMETERS) {
    markParameters(*engine, info[3].IsUndefined() ? handles : sourcesAt(info, 3));
  }
  return info.Env().Undefined();
}

// storeFused(engine, state, tensors): autograd learns that the tensors have changed.
Napi::Value storeFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto state = info[1].As<Napi::Number>().Int32Value();
  const auto handles = requireTensors(info, 2, *engine);
  std::vector<float*> pointers(handles.size());
  for (size_t i = 0; i < handles.size(); i++) {
    if (handles[i] != nullptr) pointers[i] = handles[i]->tensor.mutable_data_ptr<float>();
  }
  checkFused(engine->library, engine->library.store(engine->engine, state, pointers.data()));
  for (const auto* handle : handles) {
    if (handle != nullptr) handle->tensor.unsafeGetTensorImpl()->bump_version();
  }
  if (state == LENET_FUSED_PARAMETERS) markParameters(*engine, handles);
  return info.Env().Undefined();
}

// createFused(path, network, threads): `network` is a Float64Array of the image's channels, height
// and width, and then of each layer's numbers in the order of lenet_fused_layer.
Napi::Value createFused(const Napi::CallbackInfo& info) {
  const auto& library = opened<FusedLibrary>(info[0].As<Napi::String>());
  const auto numbers = info[1].As<Napi::Float64Array>();
  const auto integer = [&](size_t i) { return static_cast<int32_t>(numbers[i]); };
  constexpr size_t kFields = 8;
  const size_t count = numbers.ElementLength() < 3 ? 0 : (numbers.ElementLength() - 3) / kFields;
  if (numbers.ElementLength() != 3 + count * kFields) throwInvalidArgument("createFused: network");
  lenet_fused_network network{integer(0), integer(1), integer(2), static_cast<int32_t>(count), {}};
  for (size_t i = 0; i < std::min<size_t>(count, LENET_FUSED_MAX_LAYERS); i++) {
    const size_t at = 3 + i * kFields;
    network.layers[i] = {
        integer(at),     integer(at + 1), integer(at + 2), integer(at + 3),
        integer(at + 4), integer(at + 5), integer(at + 6), static_cast<float>(numbers[at + 7])};
  }
  auto engine = std::make_shared<Engine>(library, network, info[2].As<Napi::Number>().Int32Value());
  return wrapOwned(info.Env(), kEngineTag, std::make_unique<EnginePointer>(std::move(engine)));
}

lenet_fused_optimizer optimizerOf(const Napi::Object& options) {
  const auto number = [&](const char* name) {
    return options.Has(name) ? options.Get(name).ToNumber().DoubleValue() : 0.0;
  };
  return {static_cast<int32_t>(number("algorithm")),
          static_cast<int32_t>(number("nesterov")),
          number("lr"),
          number("weightDecay"),
          number("beta1"),
          number("beta2"),
          number("eps"),
          number("momentum"),
          number("dampening")};
}

// configureFused(engine, groups, groupOf, steps): `groups` as objects, `groupOf` as an Int32Array
// of the group of each tensor.
Napi::Value configureFused(const Napi::CallbackInfo& info) {
  const auto engine = requireEngine(info);
  const auto array = info[1].As<Napi::Array>();
  const auto groupOf = info[2].As<Napi::Int32Array>();
  std::vector<lenet_fused_optimizer> groups;
  for (uint32_t i = 0; i < array.Length(); i++) {
    groups.push_back(optimizerOf(array.Get(i).As<Napi::Object>()));
  }
  if (groupOf.ElementLength() != engine->sizes.size())
    throwInvalidArgument("configureFused: groups");
  checkFused(engine->library,
             engine->library.set_optimizer(engine->engine, groups.data(),
                                           static_cast<int32_t>(groups.size()), groupOf.Data(),
                                           info[3].As<Napi::Number>().Int64Value()));
  return info.Env().Undefined();
}

// openFused(path) → the instruction set's name
Napi::Value openFused(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), opened<FusedLibrary>(info[0].As<Napi::String>()).isa());
}

// fmaPeak(path, threads, seconds) → GFLOP/s
Napi::Value fmaPeak(const Napi::CallbackInfo& info) {
  const auto& library = opened<FusedLibrary>(info[0].As<Napi::String>());
  return Napi::Number::New(info.Env(), library.fma_peak(info[1].As<Napi::Number>().Int32Value(),
                                                        info[2].As<Napi::Number>().DoubleValue()));
}

}  // namespace

EnginePointer requireEngine(const Napi::CallbackInfo& info) {
  return requireOwned<EnginePointer>(info, 0, kEngineTag, "a fused engine");
}

at::Tensor tensorAt(const Napi::CallbackInfo& info, size_t index, const char* what) {
  if (info[index].IsNull() || info[index].IsUndefined()) return {};
  return unwrapTensor(Environment::of(info.Env()), info[index], what).tensor.resolve_neg();
}

bool Engine::isCurrent(const Environment& environment) const {
  for (const auto& mark : marks) {
    if (mark.handle != nullptr && !mark.isCurrent(environment)) return false;
  }
  return true;
}

bool Mark::isCurrent(const Environment& environment) const {
  return environment.owns(handle) && handle->tensor.is_same(tensor) &&
         tensor.storage().is_alias_of(storage) && tensor.const_data_ptr() == data &&
         tensor._version() == version && tensor.scalar_type() == c10::kFloat &&
         tensor.is_contiguous();
}

void requirePlain(const at::Tensor& tensor, const char* what) {
  TORCH_CHECK(tensor.is_cpu() && tensor.is_contiguous() && hasOwnElements(tensor), what,
              ": expected a contiguous tensor on the CPU, with elements of its own");
}

void exportFusedEngine(Environment&, Napi::Object exports) {
  exportFunction<openFused>(exports, "openFused");
  exportFunction<fmaPeak>(exports, "fmaPeak");
  exportFunction<createFused>(exports, "createFused");
  exportFunction<loadFused>(exports, "loadFused");
  exportFunction<storeFused>(exports, "storeFused");
  exportFunction<haveOwnMemory>(exports, "haveOwnMemory");
  exportFunction<workOfFused>(exports, "workOfFused");
  exportFunction<isFusedCurrent>(exports, "isFusedCurrent");
  exportFunction<configureFused>(exports, "configureFused");
}

}  // namespace lenet_torch
