#include "backends.h"

#include <ATen/Context.h>
#include <c10/core/DefaultDtype.h>

#include <string_view>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {
namespace {

// A switch of the context, under the name that JavaScript calls it by.
struct Switch {
  std::string_view name;
  bool (*get)(const at::Context&);
  void (*set)(at::Context&, bool);
};

constexpr Switch kSwitches[] = {
    {"cudnn.enabled", [](const at::Context& c) { return c.userEnabledCuDNN(); },
     [](at::Context& c, bool on) { c.setUserEnabledCuDNN(on); }},
    {"cudnn.benchmark", [](const at::Context& c) { return c.benchmarkCuDNN(); },
     [](at::Context& c, bool on) { c.setBenchmarkCuDNN(on); }},
    {"cudnn.deterministic", [](const at::Context& c) { return c.deterministicCuDNN(); },
     [](at::Context& c, bool on) { c.setDeterministicCuDNN(on); }},
    {"cudnn.allowTf32", [](const at::Context& c) { return c.allowTF32CuDNN(); },
     [](at::Context& c, bool on) { c.setAllowTF32CuDNN(on); }},
    {"cuda.matmul.allowTf32", [](const at::Context& c) { return c.allowTF32CuBLAS(); },
     [](at::Context& c, bool on) { c.setAllowTF32CuBLAS(on); }},
    {"deterministicAlgorithms", [](const at::Context& c) { return c.deterministicAlgorithms(); },
     [](at::Context& c, bool on) {
       c.setDeterministicAlgorithms(on, c.deterministicAlgorithmsWarnOnly());
     }},
    {"deterministicAlgorithms.warnOnly",
     [](const at::Context& c) { return c.deterministicAlgorithmsWarnOnly(); },
     [](at::Context& c, bool on) {
       c.setDeterministicAlgorithms(c.deterministicAlgorithms(), on);
     }},
};

const Switch& switchArgument(const Napi::CallbackInfo& info) {
  const std::string name = info[0].ToString();
  for (const auto& each : kSwitches) {
    if (each.name == name) return each;
  }
  throwInvalidArgument("unknown switch '" + name + "'");
}

Napi::Value getSwitch(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), switchArgument(info).get(at::globalContext()));
}

Napi::Value setSwitch(const Napi::CallbackInfo& info) {
  switchArgument(info).set(at::globalContext(), info[1].ToBoolean());
  return info.Env().Undefined();
}

Napi::Value getDefaultDtype(const Napi::CallbackInfo& info) {
  return Napi::String::New(info.Env(), dtypeName(c10::get_default_dtype_as_scalartype()));
}

Napi::Value setDefaultDtype(const Napi::CallbackInfo& info) {
  const auto type = parseDtype(info[0].ToString());
  if (!type) throwInvalidArgument("unknown dtype");
  c10::set_default_dtype(c10::scalarTypeToTypeMeta(*type));
  return info.Env().Undefined();
}

}  // namespace

void exportBackends(Environment&, Napi::Object exports) {
  exportFunction<getSwitch>(exports, "getSwitch");
  exportFunction<setSwitch>(exports, "setSwitch");
  exportFunction<getDefaultDtype>(exports, "getDefaultDtype");
  exportFunction<setDefaultDtype>(exports, "setDefaultDtype");
}

}  // namespace lenet_torch
