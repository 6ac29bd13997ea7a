// What libtorch's error texts mean: the one place that reads them.
#pragma once

#include <napi.h>

#include <functional>
#include <optional>
#include <string>

#include "error.h"

namespace lenet_torch {

class Environment;

// A text of libtorch as an error of this package.
struct Verdict {
  ErrorClass errorClass = ErrorClass::kTorchError;
  const char* code = "ERR_LIBTORCH";
  std::string message;
  // Bytes, where memory ran out and the text says so.
  std::optional<double> asked;
  std::optional<double> free;
  std::optional<double> total;
};

// Says in words what the current GPU is; nothing where it is not known.
using DescribeDevice = std::function<std::string()>;

// A text of libtorch's with options as they are written here: "retain_graph=True" is
// "retainGraph: true".
std::string inJavaScript(const std::string& text);

// Depends on nothing but its arguments. Texts that it does not know stay as they are, but for that.
Verdict judge(const std::string& text, const DescribeDevice& describeDevice);

// "cuda:0 (NVIDIA H100, compute capability 9.0)", asked of the driver.
std::string describeCudaDevice();

void exportLibtorchError(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
