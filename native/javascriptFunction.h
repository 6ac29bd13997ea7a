// autograd.Function: a node of a graph whose backward is JavaScript.
#pragma once

#include <napi.h>
#include <torch/csrc/autograd/function.h>

#include <string>

namespace lenet_torch {

class Environment;

// The name that such a node was given; empty for any other node.
std::string javascriptName(const torch::autograd::Node& node);

void exportJavascriptFunction(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
