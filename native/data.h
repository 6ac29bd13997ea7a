// Data in and out of tensors: typed arrays, and batches gathered from resident images.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportData(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
