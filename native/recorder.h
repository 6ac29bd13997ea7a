// Records which operators a stretch of JavaScript calls, with their arguments and results: how the
// package learns what a forward pass does, whatever classes it is made of.
#pragma once

#include <ATen/core/ivalue.h>
#include <ATen/core/stack.h>
#include <napi.h>

#include <string>
#include <vector>

namespace lenet_torch {

class Environment;

class Recorder {
 public:
  struct Call {
    std::string name;      // without the namespace
    std::string overload;  // "" for the default one
    std::vector<std::string> names;
    std::vector<c10::IValue> arguments;
    std::vector<c10::IValue> results;
    bool withGrad;  // whether gradients were being recorded
    bool mutates;   // whether it changes one of its arguments
  };

  // An operator is about to be called, and has been. Tensors are held, so that no two of a
  // recording have one address.
  void begin(const c10::FunctionSchema& schema, const torch::jit::Stack& stack);
  void end(const torch::jit::Stack& stack);
  // JavaScript has read a tensor's elements, and may do one thing or another for them.
  void read(const char* name);

  const std::vector<Call>& calls() const { return calls_; }

 private:
  std::vector<Call> calls_;
};

// isRecording(), startRecording(), stopRecording(known)
void exportRecorder(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
