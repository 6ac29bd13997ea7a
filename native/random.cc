#include "random.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/detail/CUDAHooksInterface.h>

#include <mutex>

#include "convert.h"
#include "device.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "tensor.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kGeneratorTag = {0x6c656e65742d746fULL, 0x7263682d67656e72ULL};

uint64_t requireSeed(const Napi::CallbackInfo& info, size_t index) {
  const auto seed = parseInteger(info.Env(), info[index]);
  if (seed) return static_cast<uint64_t>(*seed);
  bool lossless = false;
  uint64_t value = 0;
  if (napi_get_value_bigint_uint64(info.Env(), info[index], &value, &lossless) == napi_ok &&
      lossless) {
    return value;
  }
  throwInvalidArgument("seed: expected an integer of 64 bits, got " +
                       describe(info.Env(), info[index]));
}

at::Generator& requireGenerator(const Napi::CallbackInfo& info, size_t index) {
  return requireOwned<at::Generator>(info, index, kGeneratorTag, "Generator");
}

Napi::Value wrap(Napi::Env env, at::Generator generator) {
  return wrapOwned(env, kGeneratorTag, std::make_unique<at::Generator>(std::move(generator)));
}

// newGenerator(index), defaultGenerator(index): of a CUDA device, or of the CPU where it is
// undefined.

Napi::Value newGenerator(const Napi::CallbackInfo& info) {
  if (info[0].IsUndefined()) return wrap(info.Env(), at::detail::createCPUGenerator());
  const auto index = requireDeviceIndex(info, 0);
  return wrap(info.Env(), at::detail::getCUDAHooks().getNewGenerator(index));
}

Napi::Value defaultGenerator(const Napi::CallbackInfo& info) {
  if (info[0].IsUndefined()) return wrap(info.Env(), at::detail::getDefaultCPUGenerator());
  const c10::Device device(c10::DeviceType::CUDA, requireDeviceIndex(info, 0));
  return wrap(info.Env(), at::globalContext().defaultGenerator(device));
}

Napi::Value generatorDevice(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), requireGenerator(info, 0).device().str());
}

Napi::Value seedGenerator(const Napi::CallbackInfo& info) {
  auto& generator = requireGenerator(info, 0);
  const auto seed = requireSeed(info, 1);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_current_seed(seed);
  return info.Env().Undefined();
}

Napi::Value initialSeed(const Napi::CallbackInfo& info) {
  return Napi::BigInt::New(info.Env(), requireGenerator(info, 0).current_seed());
}

Napi::Value generatorState(const Napi::CallbackInfo& info) {
  auto& generator = requireGenerator(info, 0);
  const std::lock_guard<std::mutex> lock(generator.mutex());
  return {info.Env(), wrapTensor(Environment::of(info.Env()), generator.get_state(), kNoScope)};
}

Napi::Value setGeneratorState(const Napi::CallbackInfo& info) {
  auto& generator = requireGenerator(info, 0);
  const auto& state = unwrapTensor(Environment::of(info.Env()), info[1], "state").tensor;
  const std::lock_guard<std::mutex> lock(generator.mutex());
  generator.set_state(state);
  return info.Env().Undefined();
}

// Seeds the default generator of every device, as torch.manual_seed does.
Napi::Value manualSeed(const Napi::CallbackInfo& info) {
  at::manual_seed(requireSeed(info, 0));
  return info.Env().Undefined();
}

}  // namespace

std::optional<at::Generator> tryUnwrapGenerator(napi_env env, napi_value value) {
  auto* generator = tryUnwrapOwned<at::Generator>(env, value, kGeneratorTag);
  if (generator == nullptr) return std::nullopt;
  return *generator;
}

void exportRandom(Environment&, Napi::Object exports) {
  exportFunction<newGenerator>(exports, "newGenerator");
  exportFunction<defaultGenerator>(exports, "defaultGenerator");
  exportFunction<generatorDevice>(exports, "generatorDevice");
  exportFunction<seedGenerator>(exports, "seedGenerator");
  exportFunction<initialSeed>(exports, "initialSeed");
  exportFunction<generatorState>(exports, "generatorState");
  exportFunction<setGeneratorState>(exports, "setGeneratorState");
  exportFunction<manualSeed>(exports, "manualSeed");
}

}  // namespace lenet_torch
