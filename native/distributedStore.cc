// The library itself, and its stores.
#include <atomic>

#include "convert.h"
#include "distributedLibrary.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "mailbox.h"
#include "wrapped.h"

namespace lenet_torch {
namespace {

constexpr napi_type_tag kStoreTag = {0x6c656e65742d746fULL, 0x7263682d73746f72ULL};

std::atomic<const c10d::Library*> libraryInUse = nullptr;
std::atomic<const lenet_nccl::Library*> ncclInUse = nullptr;

using StorePointer = std::shared_ptr<c10d::Store>;

Napi::Value wrapStore(napi_env env, StorePointer store) {
  return wrapOwned(env, kStoreTag, std::make_unique<StorePointer>(std::move(store)));
}

std::string text(const Napi::CallbackInfo& info, size_t argument) {
  return readString(info.Env(), info[argument]);
}

c10d::Milliseconds milliseconds(const Napi::CallbackInfo& info, size_t argument) {
  return c10d::Milliseconds(requireInteger(info, argument));
}

std::vector<std::string> texts(const Napi::CallbackInfo& info, size_t argument) {
  const auto array = info[argument].As<Napi::Array>();
  std::vector<std::string> result;
  for (uint32_t i = 0; i < array.Length(); i++) {
    result.push_back(readString(info.Env(), array.Get(i)));
  }
  return result;
}

c10d::Bytes bytes(const Napi::CallbackInfo& info, size_t argument) {
  if (!info[argument].IsTypedArray()) throwInvalidArgument("expected a Uint8Array");
  const auto array = info[argument].As<Napi::Uint8Array>();
  return {array.Data(), array.Data() + array.ByteLength()};
}

napi_value bytesToJavaScript(napi_env env, const c10d::Bytes& bytes) {
  auto array = Napi::Uint8Array::New(env, bytes.size());
  std::copy(bytes.begin(), bytes.end(), array.Data());
  return array;
}

// openDistributed(path): opens the library, once per process; returns the libtorch that it is built
// for.
Napi::Value openDistributed(const Napi::CallbackInfo& info) {
  const auto path = text(info, 0);
  if (libraryInUse == nullptr) libraryInUse = opened<DistributedLibrary>(path).open();
  return Napi::String::New(info.Env(), distributed().builtFor());
}

// openNccl(path): opens the library for NCCL, once per process; returns the libtorch that it is
// built for, NCCL's version, and why it cannot be used, or "".
Napi::Value openNccl(const Napi::CallbackInfo& info) {
  if (ncclInUse == nullptr) ncclInUse = opened<NcclLibrary>(text(info, 0)).open();
  auto result = Napi::Array::New(info.Env());
  result.Set(0u, ncclInUse.load()->builtFor());
  result.Set(1u, ncclInUse.load()->version());
  result.Set(2u, ncclInUse.load()->problem());
  return result;
}

// onDistributedMismatch(told): called with a text when ranks disagree on what they send. One
// listener per process.
Napi::Value onDistributedMismatch(const Napi::CallbackInfo& info) {
  auto mailbox = Mailbox::of(Environment::of(info.Env()));
  auto told =
      std::make_shared<Napi::FunctionReference>(Napi::Persistent(info[0].As<Napi::Function>()));
  // It goes with the environment, on its own thread.
  Environment::of(info.Env()).retain(told);
  distributed().onMismatch([mailbox, told = std::weak_ptr(told)](const std::string& text) {
    mailbox->postUnexpected([told, text](napi_env env) {
      const Napi::HandleScope scope(env);
      if (const auto alive = told.lock()) alive->Call({Napi::String::New(env, text)});
    });
  });
  return info.Env().Undefined();
}

// distributedAddressTowards(host, port) → promise: names may have to be looked up.
Napi::Value distributedAddressTowards(const Napi::CallbackInfo& info) {
  const auto host = text(info, 0);
  const auto port = static_cast<uint16_t>(requireInteger(info, 1));
  return runDetached(Environment::of(info.Env()), [=]() -> Result {
    const auto address = distributed().addressTowards(host, port);
    return [address](napi_env env) { return Napi::String::New(env, address); };
  });
}

// openTcpStore(host, port, isServer, worldSize?, waitForWorkers, useLibUV, timeout) → promise. It
// does not keep the process: another program at that port may take the connection and never answer.
Napi::Value openTcpStore(const Napi::CallbackInfo& info) {
  c10d::TcpStoreOptions options;
  options.host = text(info, 0);
  options.port = static_cast<uint16_t>(requireInteger(info, 1));
  options.isServer = info[2].ToBoolean();
  if (info[3].IsNumber()) options.worldSize = static_cast<int>(requireInteger(info, 3));
  options.waitForWorkers = info[4].ToBoolean();
  options.useLibUV = info[5].ToBoolean();
  options.timeout = milliseconds(info, 6);
  const auto open = [=]() -> Result {
    const auto store = distributed().tcpStore(options);
    return [store](napi_env env) { return wrapStore(env, store); };
  };
  return runDetached(Environment::of(info.Env()), open, false);
}

// openFileStore(path, worldSize?) → promise: a file may be locked, or not be there yet.
Napi::Value openFileStore(const Napi::CallbackInfo& info) {
  const int worldSize = info[1].IsNumber() ? static_cast<int>(requireInteger(info, 1)) : -1;
  return runDetached(Environment::of(info.Env()), [path = text(info, 0), worldSize]() -> Result {
    const auto store = distributed().fileStore(path, worldSize);
    return [store](napi_env env) { return wrapStore(env, store); };
  });
}

Napi::Value openHashStore(const Napi::CallbackInfo& info) {
  return wrapStore(info.Env(), distributed().hashStore());
}

Napi::Value openPrefixStore(const Napi::CallbackInfo& info) {
  return wrapStore(info.Env(), distributed().prefixStore(text(info, 0), storeArgument(info, 1)));
}

// Everything else asks a server, or waits for another process to set something. An argument more,
// where it is true, says that nobody stays for the answer: a server whose host is silent gives none
// for minutes.
template <typename Ask>
Napi::Value ask(const Napi::CallbackInfo& info, size_t arguments, Ask ask) {
  auto store = storeArgument(info, 0);
  const bool holds = !info[arguments].ToBoolean();
  return runDetached(
      Environment::of(info.Env()), [store, ask = std::move(ask)] { return ask(*store); }, holds);
}

Result number(int64_t value) {
  return [value](napi_env env) { return Napi::Number::New(env, static_cast<double>(value)); };
}

Result boolean(bool value) {
  return [value](napi_env env) { return Napi::Boolean::New(env, value); };
}

Result array(c10d::Bytes value) {
  return [value = std::move(value)](napi_env env) { return bytesToJavaScript(env, value); };
}

Napi::Value storeSet(const Napi::CallbackInfo& info) {
  return ask(info, 3, [key = text(info, 1), value = bytes(info, 2)](c10d::Store& store) {
    store.set(key, value);
    return nothing();
  });
}

Napi::Value storeGet(const Napi::CallbackInfo& info) {
  return ask(info, 2, [key = text(info, 1)](c10d::Store& store) { return array(store.get(key)); });
}

Napi::Value storeAdd(const Napi::CallbackInfo& info) {
  return ask(info, 3, [key = text(info, 1), amount = requireInteger(info, 2)](c10d::Store& store) {
    return number(store.add(key, amount));
  });
}

// storeWait(store, keys, timeout)
Napi::Value storeWait(const Napi::CallbackInfo& info) {
  return ask(info, 3, [keys = texts(info, 1), timeout = milliseconds(info, 2)](c10d::Store& store) {
    store.wait(keys, timeout);
    return nothing();
  });
}

Napi::Value storeCheck(const Napi::CallbackInfo& info) {
  return ask(info, 2,
             [keys = texts(info, 1)](c10d::Store& store) { return boolean(store.check(keys)); });
}

Napi::Value storeDeleteKey(const Napi::CallbackInfo& info) {
  return ask(info, 2,
             [key = text(info, 1)](c10d::Store& store) { return boolean(store.deleteKey(key)); });
}

Napi::Value storeCompareSet(const Napi::CallbackInfo& info) {
  return ask(info, 4,
             [key = text(info, 1), expected = bytes(info, 2), desired = bytes(info, 3)](
                 c10d::Store& store) { return array(store.compareSet(key, expected, desired)); });
}

Napi::Value storeNumKeys(const Napi::CallbackInfo& info) {
  return ask(info, 1, [](c10d::Store& store) { return number(store.numKeys()); });
}

Napi::Value storePort(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), storeArgument(info, 0)->port());
}

Napi::Value storeTimeout(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(),
                           static_cast<double>(storeArgument(info, 0)->timeout().count()));
}

Napi::Value storeSetTimeout(const Napi::CallbackInfo& info) {
  storeArgument(info, 0)->setTimeout(milliseconds(info, 1));
  return info.Env().Undefined();
}

}  // namespace

const c10d::Library& distributed() {
  const auto* library = libraryInUse.load();
  if (library != nullptr) return *library;
  throw CodedError(ErrorClass::kTorchError, "ERR_DISTRIBUTED_UNAVAILABLE",
                   "the library for torch.distributed has not been opened");
}

const lenet_nccl::Library* nccl() { return ncclInUse; }

StorePointer storeArgument(const Napi::CallbackInfo& info, size_t argument) {
  return requireOwned<StorePointer>(info, argument, kStoreTag, "a Store");
}

void exportDistributedStore(Environment&, Napi::Object exports) {
  exportFunction<openDistributed>(exports, "openDistributed");
  exportFunction<openNccl>(exports, "openNccl");
  exportFunction<onDistributedMismatch>(exports, "onDistributedMismatch");
  exportFunction<distributedAddressTowards>(exports, "distributedAddressTowards");
  exportFunction<openTcpStore>(exports, "openTcpStore");
  exportFunction<openFileStore>(exports, "openFileStore");
  exportFunction<openHashStore>(exports, "openHashStore");
  exportFunction<openPrefixStore>(exports, "openPrefixStore");
  exportFunction<storeSet>(exports, "storeSet");
  exportFunction<storeGet>(exports, "storeGet");
  exportFunction<storeAdd>(exports, "storeAdd");
  exportFunction<storeWait>(exports, "storeWait");
  exportFunction<storeCheck>(exports, "storeCheck");
  exportFunction<storeDeleteKey>(exports, "storeDeleteKey");
  exportFunction<storeCompareSet>(exports, "storeCompareSet");
  exportFunction<storeNumKeys>(exports, "storeNumKeys");
  exportFunction<storePort>(exports, "storePort");
  exportFunction<storeTimeout>(exports, "storeTimeout");
  exportFunction<storeSetTimeout>(exports, "storeSetTimeout");
}

}  // namespace lenet_torch
