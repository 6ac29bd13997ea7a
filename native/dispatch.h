// One generic call into c10::Dispatcher: any ATen operator, by name.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

// bind(name), resolve(name), overloads(name), schema(name)
void exportDispatch(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
