// libtorch's warnings become Node's: once per text, through process.emitWarning.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportWarnings(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
