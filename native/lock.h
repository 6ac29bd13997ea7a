// Files held by one process at a time.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

// lockFile
void exportLock(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
