// Table of contents: what the binary exports.
#include <napi.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstdlib>
#include <mutex>

#include "adam.h"
#include "autograd.h"
#include "backends.h"
#include "backward.h"
#include "data.h"
#include "device.h"
#include "deviceMemory.h"
#include "dispatch.h"
#include "distributedLibrary.h"
#include "driver.h"
#include "environment.h"
#include "following.h"
#include "function.h"
#include "fused.h"
#include "fusedEngine.h"
#include "gradientHooks.h"
#include "graph.h"
#include "javascriptFunction.h"
#include "libtorchError.h"
#include "lock.h"
#include "random.h"
#include "recorder.h"
#include "resize.h"
#include "stream.h"
#include "system/memory.h"
#include "tensor.h"
#include "warnings.h"

namespace lenet_torch {
namespace {

static_assert(TORCH_VERSION_MAJOR == 2, "this addon is written for libtorch 2");
static_assert(TORCH_VERSION_MAJOR == LENET_TORCH_BUILT_MAJOR &&
                  TORCH_VERSION_MINOR == LENET_TORCH_BUILT_MINOR,
              "these headers are of another libtorch than the one this addon is named after");
static_assert(__cplusplus >= 202002L, "libtorch's headers need C++20");

Napi::Value setErrorClasses(const Napi::CallbackInfo& info) {
  auto& classes = Environment::of(info.Env()).errorClasses();
  classes.torchError = Napi::Persistent(info[0].As<Napi::Function>());
  classes.outOfMemory = Napi::Persistent(info[1].As<Napi::Function>());
  return info.Env().Undefined();
}

Napi::Value setCollector(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  environment.collector().collect() = Napi::Persistent(info[0].As<Napi::Function>());
  environment.setFinalizesDeleted(info[1].ToBoolean());
  return info.Env().Undefined();
}

Napi::Value openScope(const Napi::CallbackInfo& info) {
  const auto kind = info[0].ToBoolean() ? ScopeKind::kLexical : ScopeKind::kBatch;
  return Napi::Number::New(info.Env(), Environment::of(info.Env()).scopes().open(kind));
}

ScopeId scopeArgument(const Napi::CallbackInfo& info) {
  return info[0].IsNumber() ? info[0].As<Napi::Number>().Uint32Value() : kNoScope;
}

Napi::Value leaveScope(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).scopes().leave(scopeArgument(info));
  return info.Env().Undefined();
}

Napi::Value leaveAllScopes(const Napi::CallbackInfo& info) {
  Environment::of(info.Env()).scopes().leaveAll();
  return info.Env().Undefined();
}

Napi::Value parentScope(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           Environment::of(info.Env()).scopes().parentOf(scopeArgument(info)));
}

Napi::Value closeScope(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  releaseTensors(environment, environment.scopes().close(scopeArgument(info)));
  return info.Env().Undefined();
}

Napi::Value memory(const Napi::CallbackInfo& info) {
  const auto& environment = Environment::of(info.Env());
  auto result = Napi::Object::New(info.Env());
  result.Set("tensors", static_cast<double>(environment.liveTensors()));
  result.Set("bytes", static_cast<double>(environment.liveBytes()));
  return result;
}

// libtorch's allocator can ask the kernel for pages of 2 MB where a tensor takes as much. Without
// them a shuffled epoch meets a page for each image, whose address is to be found first: in a
// virtual machine, in the tables of two systems. It looks at the environment when it makes its
// first tensor, and only then: children of this process are not told. Whoever sets it is left
// alone.
void askForLargePages() {
  constexpr auto name = "THP_MEM_ALLOC_ENABLE";
  static std::once_flag once;
  std::call_once(once, [] {
    if (std::getenv(name) != nullptr) return;
    setenv(name, "1", 1);
    at::empty({1});
    unsetenv(name);
  });
}

Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  keepFreedMemory();
  askForLargePages();
  auto& environment = Environment::create(env);
  exportFunction<setErrorClasses>(exports, "setErrorClasses");
  exportFunction<setCollector>(exports, "setCollector");
  exportFunction<openScope>(exports, "openScope");
  exportFunction<leaveScope>(exports, "leaveScope");
  exportFunction<leaveAllScopes>(exports, "leaveAllScopes");
  exportFunction<parentScope>(exports, "parentScope");
  exportFunction<closeScope>(exports, "closeScope");
  exportFunction<memory>(exports, "memory");
  exportTensor(environment, exports);
  exportDispatch(environment, exports);
  exportAutograd(environment, exports);
  exportBackward(environment, exports);
  exportGradientHooks(environment, exports);
  exportJavascriptFunction(environment, exports);
  exportAdam(environment, exports);
  exportRandom(environment, exports);
  exportDevice(environment, exports);
  exportDriver(environment, exports);
  exportDeviceMemory(environment, exports);
  exportStream(environment, exports);
  exportBackends(environment, exports);
  exportGraph(environment, exports);
  exportLibtorchError(environment, exports);
  exportData(environment, exports);
  exportRecorder(environment, exports);
  exportResize(environment, exports);
  exportFollowing(environment, exports);
  exportFusedEngine(environment, exports);
  exportFused(environment, exports);
  exportDistributedStore(environment, exports);
  exportDistributedGroup(environment, exports);
  exportAverage(environment, exports);
  exportLock(environment, exports);
  exportWarnings(environment, exports);
  return exports;
}

}  // namespace
}  // namespace lenet_torch

static Napi::Object initialize(Napi::Env env, Napi::Object exports) {
  return lenet_torch::initialize(env, exports);
}

NODE_API_MODULE(lenet_torch, initialize)
