// JavaScript values ↔ c10::IValue, directed by the operator's schema.
#pragma once

#include <ATen/core/function_schema.h>
#include <ATen/core/ivalue.h>
#include <napi.h>

#include <optional>
#include <string>
#include <vector>

#include "environment.h"
#include "keywords.h"

namespace lenet_torch {

// What an argument wants, worked out once per operator so that a call is a switch on a byte.
enum class Kind : uint8_t {
  kTensor,
  kInt,
  kFloat,
  kBool,
  kScalar,
  kString,
  kDevice,
  kScalarType,
  kLayout,
  kMemoryFormat,
  kGenerator,
  kTensorList,
  kOptionalTensorList,
  kIntList,
  kFloatList,
  kBoolList,
  kScalarList,
  kUnsupported,
};

struct ArgumentSpec {
  explicit ArgumentSpec(const c10::Argument& argument);

  std::string name;
  std::string camelName;  // the same as JavaScript writes it
  // Of both, when an operator is bound.
  NameNumber number = kNoName, camelNumber = kNoName;
  std::string type;  // as the schema writes it, for messages
  Kind kind = Kind::kUnsupported;
  bool optional = false;
  bool keywordOnly = false;
  int64_t length = 0;  // of int[2] and its like: a single number stands for all; 0: any length
  std::optional<c10::IValue> defaultValue;
};

struct ResultSpec {
  explicit ResultSpec(const c10::Argument& result);
  Kind kind;
  int aliasOf = -1;  // index of the argument that the result is, or is a view of
};

// A number where a Tensor is wanted: refused, or taken as PyTorch takes it (a wrapped number, which
// does not decide the result's dtype).
enum class Numbers : uint8_t { kRefuse, kAsTensor };

// Of the tensors seen so far: whether there are integers among them and no floats.
enum class Dtypes : uint8_t { kNone, kIntegers, kFloats };

// Collects, while arguments are converted, what the results will need to know.
struct Conversion {
  Environment& environment;
  Numbers numbers = Numbers::kAsTensor;
  ScopeId lineage = kNoScope;  // the newest scope among the tensors seen
  Dtypes dtypes = Dtypes::kNone;
};

// Not given, or undefined.
bool isMissing(napi_env env, napi_value value);

// Converts one value. False when it does not fit the argument; throws only for a released tensor.
bool convert(Conversion& conversion, const ArgumentSpec& spec, napi_value value, c10::IValue& out);

napi_value toJavaScript(Environment& environment, const c10::IValue& value, Kind kind,
                        ScopeId lineage);
// number, bigint (integers that a number cannot hold) or boolean
napi_value scalarToJavaScript(napi_env env, const c10::Scalar& scalar);

const char* dtypeName(c10::ScalarType type);
std::optional<c10::ScalarType> parseDtype(const std::string& name);
// Python's names without "torch.".
const char* layoutName(c10::Layout layout);
std::optional<c10::Layout> parseLayout(const std::string& name);
std::optional<c10::Device> parseDevice(napi_env env, napi_value value);
// The largest that a number holds exactly, like all below it.
inline constexpr int64_t kMaxSafeInteger = 9007199254740991;
// An integer that int64 holds: from an integral number up to 2^53 or a bigint.
std::optional<int64_t> parseInteger(napi_env env, napi_value value);
int64_t requireInteger(const Napi::CallbackInfo& info, size_t argument);
c10::ScalarType requireDtype(napi_env env, napi_value value, const char* what);
std::vector<int64_t> requireSizes(napi_env env, napi_value value, const char* what);
std::string readString(napi_env env, napi_value value);

// "string 'abc'", "number NaN", "Array(3)": a value in an error message.
std::string describe(napi_env env, napi_value value);

}  // namespace lenet_torch
