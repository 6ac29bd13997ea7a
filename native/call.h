// A call of one operator: its arguments bound to the schema, its results given back.
#pragma once

#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>
#include <c10/util/SmallVector.h>
#include <napi.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "convert.h"
#include "environment.h"
#include "keywords.h"
#include "unboxed.h"

namespace lenet_torch {

using Values = c10::SmallVector<napi_value, 8>;

// An operator with its schema worked out, kept for the life of the environment.
struct Operator {
  Operator(Environment& environment, c10::OperatorHandle handle);

  Environment& environment;
  c10::OperatorHandle handle;
  std::string name;  // without the namespace, for messages
  std::vector<ArgumentSpec> arguments;
  std::vector<ResultSpec> results;
  std::vector<size_t> mutated;  // arguments that the operator changes
  std::unique_ptr<Unboxed> unboxed;
};

enum class KeywordOnly : bool { kRefusedByPosition, kAllowedByPosition };

struct Call {
  Conversion conversion;
  KeywordOnly keywordOnly;
  c10::ArrayRef<napi_value> positional;
  // By name: the schema's, or the same in camel case.
  Keywords& keywords;
  // 1 for a method: the tensor before the dot is the first argument, which words do not count.
  size_t receivers = 0;
  // Whether a mismatch is put into words: not while other overloads may fit.
  bool explains = true;
  bool hasKeywords = false;
  // Of the list that is the argument after the receiver, where they are given one by one: x.view(2,
  // 3).
  c10::ArrayRef<napi_value> elements = {};
};

// What a call needs while it lasts: a stack with the room that the last one had, unless this call
// is made in the middle of another, and that no handle is used again.
class CallFrame {
 public:
  explicit CallFrame(Environment& environment)
      : environment_(environment),
        pause_(environment.handles()),
        stack_(std::exchange(environment.spareStack(), {})) {}
  ~CallFrame() {
    stack_.clear();
    environment_.spareStack() = std::move(stack_);
  }
  CallFrame(const CallFrame&) = delete;
  CallFrame& operator=(const CallFrame&) = delete;

  torch::jit::Stack& stack() { return stack_; }

 private:
  Environment& environment_;
  const Handles::Pause pause_;
  torch::jit::Stack stack_;
};

// A mismatch in words; empty when the arguments fit.
using Mismatch = std::string;

// More arguments than are taken.
Mismatch tooMany(const std::string& name, size_t most, size_t given, size_t receivers);

// Puts the arguments on the stack in the schema's order, defaults where nothing is given; `values`
// become what was given for each.
Mismatch bindArguments(const Operator& op, Call& call, Values& values, torch::jit::Stack& stack);

// The first keyword that none of the operators has, with a hint; empty when there is none.
Mismatch unknownKeyword(const std::vector<const Operator*>& operators, const Keywords& keywords);

// The one place through which every operator call goes; a recording listens here.
napi_value run(const Operator& op, const Call& call, const Values& values,
               torch::jit::Stack& stack);

}  // namespace lenet_torch
