// Arguments given by name, as `**kwargs` in Python: a plain object given last.
#pragma once

#include <c10/util/SmallVector.h>
#include <napi.h>

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

namespace lenet_torch {

// Of an argument's name: the same for all operators. Compared in place of texts.
using NameNumber = int32_t;
constexpr NameNumber kNoName = -1;

struct Keyword {
  NameNumber number;
  napi_value value;
  bool taken = false;
  std::string other = {};  // the name, where no operator's argument has it
};

// What has been read of a call's last argument; what is undefined is as if not given.
struct Keywords {
  bool isRead = false;
  bool isPlainObject = false;
  c10::SmallVector<Keyword, 4> list = {};
};

// The names of all operators' arguments.
class ArgumentNames {
 public:
  ArgumentNames() = default;
  ArgumentNames(const ArgumentNames&) = delete;
  ArgumentNames& operator=(const ArgumentNames&) = delete;

  // Makes what reads objects; called once.
  void prepare(napi_env env);
  NameNumber add(const std::string& name);
  const std::string& textOf(const Keyword& keyword) const {
    return keyword.number == kNoName ? keyword.other : texts_[keyword.number];
  }
  Keywords read(napi_env env, napi_value given) const;

 private:
  NameNumber find(const std::string& name) const;
  Napi::Value numberOf(const Napi::CallbackInfo& info);
  void readKnown(napi_env env, napi_value given, uint64_t packed, Keywords& keywords) const;
  void readAny(napi_env env, napi_value given, Keywords& keywords) const;

  std::unordered_map<std::string, NameNumber> numbers_;
  std::vector<std::string> texts_;
  Napi::FunctionReference reader_;
  Napi::ObjectReference values_;  // the names as JavaScript has them, by number
};

}  // namespace lenet_torch
