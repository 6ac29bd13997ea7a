// CUDA graphs for JavaScript: the calls of native/cuda/, a library opened at run time.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportGraph(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
