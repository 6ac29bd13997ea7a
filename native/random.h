// Random generators: the default one and those that JavaScript makes.
#pragma once

#include <ATen/core/Generator.h>
#include <napi.h>

#include <optional>

namespace lenet_torch {

class Environment;

// The generator behind a Generator object; none for anything else.
std::optional<at::Generator> tryUnwrapGenerator(napi_env env, napi_value value);

void exportRandom(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
