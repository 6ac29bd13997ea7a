#include "convert.h"

#include <ATen/ATen.h>
#include <ATen/ScalarOps.h>
#include <ATen/core/jit_type.h>

#include <cmath>

#include "error.h"
#include "following.h"
#include "random.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// Lists longer than this are refused: reading a sparse array of 2^32 elements would take minutes.
constexpr uint32_t kMaxListLength = 1 << 20;
constexpr double kTwoTo63 = 9223372036854775808.0;

napi_valuetype typeOf(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  return type;
}

void noteDtype(Conversion& conversion, const at::Tensor& tensor) {
  const auto type = tensor.scalar_type();
  if (!c10::isIntegralType(type, true)) {
    conversion.dtypes = Dtypes::kFloats;
  } else if (type != c10::kBool && conversion.dtypes == Dtypes::kNone) {
    conversion.dtypes = Dtypes::kIntegers;
  }
}

bool tensorHandle(Conversion& conversion, napi_value value, TensorHandle*& handle) {
  handle = tryUnwrapTensor(conversion.environment, value);
  if (handle != nullptr) {
    if (handle->isHollow) throwHollow(conversion.environment, "argument");
    conversion.lineage = std::max(conversion.lineage, handle->scope);
    noteDtype(conversion, handle->tensor);
    return true;
  }
  if (isReleasedTensor(conversion.environment, value)) throwReleased("argument");
  return false;
}

// −0 is a float, but beside integers, where it would make the result one: there it is 0.
c10::Scalar zero(const Conversion& conversion, double number) {
  if (!std::signbit(number) || conversion.dtypes == Dtypes::kIntegers) return int64_t{0};
  return number;
}

std::optional<c10::Scalar> parseScalar(const Conversion& conversion, napi_value value) {
  napi_env env = conversion.environment.raw();
  switch (typeOf(env, value)) {
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      if (number == 0) return zero(conversion, number);
      if (number != std::trunc(number)) return c10::Scalar(number);
      if (number >= -kTwoTo63 && number < kTwoTo63) {
        return c10::Scalar(static_cast<int64_t>(number));
      }
      // libtorch takes the double for one that int64 holds.
      if (number == kTwoTo63) return c10::Scalar(static_cast<uint64_t>(number));
      return c10::Scalar(number);
    }
    case napi_bigint: {
      if (const auto integer = parseInteger(env, value)) return c10::Scalar(*integer);
      uint64_t integer = 0;
      bool lossless = false;
      check(env, napi_get_value_bigint_uint64(env, value, &integer, &lossless));
      if (!lossless) return std::nullopt;
      return c10::Scalar(integer);
    }
    case napi_boolean: {
      bool flag = false;
      napi_get_value_bool(env, value, &flag);
      return c10::Scalar(flag);
    }
    default:
      return std::nullopt;
  }
}

bool convertTensor(Conversion& conversion, napi_value value, at::Tensor& out) {
  TensorHandle* handle = nullptr;
  if (tensorHandle(conversion, value, handle)) {
    out = handle->tensor;
    return true;
  }
  if (conversion.numbers == Numbers::kRefuse) return false;
  const auto scalar = parseScalar(conversion, value);
  if (!scalar) return false;
  // Without the dispatcher, which at::scalar_tensor goes through three times.
  out = at::native::wrapped_scalar_tensor(*scalar);
  return true;
}

bool parseDouble(napi_env env, napi_value value, double& out) {
  return napi_get_value_double(env, value, &out) == napi_ok;
}

bool parseBool(napi_env env, napi_value value, bool& out) {
  return napi_get_value_bool(env, value, &out) == napi_ok;
}

std::optional<uint32_t> listLength(napi_env env, napi_value value) {
  bool isArray = false;
  uint32_t length = 0;
  if (napi_is_array(env, value, &isArray) != napi_ok || !isArray) return std::nullopt;
  check(env, napi_get_array_length(env, value, &length));
  if (length > kMaxListLength) {
    throw CodedError(ErrorClass::kRangeError, "ERR_INVALID_ARG",
                     "expected a list of at most 1048576 elements, got " + std::to_string(length));
  }
  return length;
}

// Converts an array element by element; a scope per element keeps the handle stack short.
template <typename List, typename Parse>
bool convertList(napi_env env, napi_value value, List& list, Parse parse) {
  const auto length = listLength(env, value);
  if (!length) return false;
  list.reserve(*length);
  for (uint32_t i = 0; i < *length; i++) {
    Napi::HandleScope scope(env);
    napi_value element = nullptr;
    check(env, napi_get_element(env, value, i, &element));
    if (!parse(element, list)) return false;
  }
  return true;
}

bool convertIntegers(napi_env env, napi_value value, c10::List<int64_t>& list) {
  return convertList(env, value, list, [&](napi_value element, auto& target) {
    const auto integer = parseInteger(env, element);
    if (integer) target.push_back(*integer);
    return integer.has_value();
  });
}

bool convertIntList(napi_env env, const ArgumentSpec& spec, napi_value value, c10::IValue& out) {
  c10::List<int64_t> list;
  const auto single = spec.length > 0 ? parseInteger(env, value) : std::nullopt;
  if (single) {
    for (int64_t i = 0; i < spec.length; i++) list.push_back(*single);
  }
  const bool fits = single || convertIntegers(env, value, list);
  out = std::move(list);
  return fits;
}

bool convertTensorList(Conversion& conversion, napi_value value, c10::IValue& out) {
  c10::List<at::Tensor> list;
  const bool fits =
      convertList(conversion.environment.raw(), value, list, [&](napi_value element, auto& target) {
        TensorHandle* handle = nullptr;
        if (!tensorHandle(conversion, element, handle)) return false;
        target.push_back(handle->tensor);
        return true;
      });
  out = std::move(list);
  return fits;
}

bool convertOptionalTensorList(Conversion& conversion, napi_value value, c10::IValue& out) {
  c10::List<std::optional<at::Tensor>> list;
  napi_env env = conversion.environment.raw();
  const bool fits = convertList(env, value, list, [&](napi_value element, auto& target) {
    const auto type = typeOf(env, element);
    if (type == napi_null || type == napi_undefined) {
      target.push_back(std::nullopt);
      return true;
    }
    TensorHandle* handle = nullptr;
    if (!tensorHandle(conversion, element, handle)) return false;
    target.push_back(handle->tensor);
    return true;
  });
  out = std::move(list);
  return fits;
}

template <typename Element, typename Read>
bool convertPlainList(napi_env env, napi_value value, c10::IValue& out, Read read) {
  c10::List<Element> list;
  const bool fits = convertList(env, value, list, [&](napi_value element, auto& target) {
    Element converted{};
    if (!read(env, element, converted)) return false;
    target.push_back(converted);
    return true;
  });
  out = std::move(list);
  return fits;
}

bool convertScalarList(const Conversion& conversion, napi_value value, c10::IValue& out) {
  napi_env env = conversion.environment.raw();
  c10::impl::GenericList list(c10::NumberType::get());
  const bool fits = convertList(env, value, list, [&](napi_value element, auto& target) {
    const auto scalar = parseScalar(conversion, element);
    if (scalar) target.push_back(*scalar);
    return scalar.has_value();
  });
  out = std::move(list);
  return fits;
}

std::optional<int64_t> namedConstant(napi_env env, napi_value value, Kind kind) {
  if (typeOf(env, value) != napi_string) return std::nullopt;
  const std::string name = readString(env, value);
  if (kind == Kind::kScalarType) {
    const auto type = parseDtype(name);
    if (!type) return std::nullopt;
    return static_cast<int64_t>(*type);
  }
  if (kind == Kind::kLayout) {
    const auto layout = parseLayout(name);
    if (!layout) return std::nullopt;
    return static_cast<int64_t>(*layout);
  }
  struct Named {
    const char* name;
    c10::MemoryFormat format;
  };
  static constexpr Named kFormats[] = {{"contiguous_format", c10::MemoryFormat::Contiguous},
                                       {"preserve_format", c10::MemoryFormat::Preserve},
                                       {"channels_last", c10::MemoryFormat::ChannelsLast},
                                       {"channels_last_3d", c10::MemoryFormat::ChannelsLast3d}};
  for (const auto& entry : kFormats) {
    if (name == entry.name) return static_cast<int64_t>(entry.format);
  }
  return std::nullopt;
}

}  // namespace

bool isMissing(napi_env env, napi_value value) {
  return value == nullptr || typeOf(env, value) == napi_undefined;
}

bool convert(Conversion& conversion, const ArgumentSpec& spec, napi_value value, c10::IValue& out) {
  napi_env env = conversion.environment.raw();
  // Tensors first: they are what operators mostly take, and no type test precedes the unwrapping.
  if (spec.kind == Kind::kTensor) {
    at::Tensor tensor;
    if (convertTensor(conversion, value, tensor)) {
      out = std::move(tensor);
      return true;
    }
  }
  if (spec.optional) {
    const auto type = typeOf(env, value);
    if (type == napi_null || type == napi_undefined) {
      out = c10::IValue();
      return true;
    }
  }
  switch (spec.kind) {
    case Kind::kInt: {
      const auto integer = parseInteger(env, value);
      if (integer) out = *integer;
      return integer.has_value();
    }
    case Kind::kFloat: {
      double number = 0;
      if (!parseDouble(env, value, number)) return false;
      out = number;
      return true;
    }
    case Kind::kBool: {
      bool flag = false;
      if (!parseBool(env, value, flag)) return false;
      out = flag;
      return true;
    }
    case Kind::kScalar: {
      const auto scalar = parseScalar(conversion, value);
      if (scalar) out = *scalar;
      return scalar.has_value();
    }
    case Kind::kString:
      if (typeOf(env, value) != napi_string) return false;
      out = readString(env, value);
      return true;
    case Kind::kDevice: {
      const auto device = parseDevice(env, value);
      if (device) out = *device;
      return device.has_value();
    }
    case Kind::kScalarType:
    case Kind::kLayout:
    case Kind::kMemoryFormat: {
      const auto constant = namedConstant(env, value, spec.kind);
      if (constant) out = *constant;
      return constant.has_value();
    }
    case Kind::kGenerator: {
      const auto generator = tryUnwrapGenerator(env, value);
      if (generator) out = *generator;
      return generator.has_value();
    }
    case Kind::kTensorList:
      return convertTensorList(conversion, value, out);
    case Kind::kOptionalTensorList:
      return convertOptionalTensorList(conversion, value, out);
    case Kind::kIntList:
      return convertIntList(env, spec, value, out);
    case Kind::kFloatList:
      return convertPlainList<double>(env, value, out, parseDouble);
    case Kind::kBoolList:
      return convertPlainList<bool>(env, value, out, parseBool);
    case Kind::kScalarList:
      return convertScalarList(conversion, value, out);
    case Kind::kTensor:
    case Kind::kUnsupported:
      return false;
  }
  return false;
}

std::optional<int64_t> parseInteger(napi_env env, napi_value value) {
  double number = 0;
  if (napi_get_value_double(env, value, &number) == napi_ok) {
    if (!(std::fabs(number) <= static_cast<double>(kMaxSafeInteger)) ||
        number != std::trunc(number)) {
      return std::nullopt;
    }
    return static_cast<int64_t>(number);
  }
  int64_t integer = 0;
  bool lossless = false;
  if (napi_get_value_bigint_int64(env, value, &integer, &lossless) == napi_ok && lossless) {
    return integer;
  }
  return std::nullopt;
}

int64_t requireInteger(const Napi::CallbackInfo& info, size_t argument) {
  const auto value = parseInteger(info.Env(), info[argument]);
  if (value) return *value;
  throwInvalidArgument("expected an integer, got " + describe(info.Env(), info[argument]));
}

std::vector<int64_t> requireSizes(napi_env env, napi_value value, const char* what) {
  c10::List<int64_t> list;
  if (!convertIntegers(env, value, list)) {
    throwInvalidArgument(std::string(what) + ": expected an array of integers, got " +
                         describe(env, value));
  }
  return list.vec();
}

}  // namespace lenet_torch
