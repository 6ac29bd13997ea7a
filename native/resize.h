// Images of bytes in other sizes, as Pillow makes them.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;

void exportResize(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
