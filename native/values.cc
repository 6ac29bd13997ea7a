// The small values of convert.h: dtypes, devices, strings, results, and words for error messages.
#include <ATen/ATen.h>

#include <cmath>
#include <cstdio>

#include "convert.h"
#include "error.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

struct NamedDtype {
  const char* name;
  c10::ScalarType type;
};

// PyTorch's own names.
constexpr NamedDtype kDtypes[] = {
    {"float32", c10::kFloat},
    {"int64", c10::kLong},
    {"uint8", c10::kByte},
    {"bool", c10::kBool},
    {"float64", c10::kDouble},
    {"int32", c10::kInt},
    {"float16", c10::kHalf},
    {"bfloat16", c10::kBFloat16},
    {"int8", c10::kChar},
    {"int16", c10::kShort},
    {"uint16", c10::kUInt16},
    {"uint32", c10::kUInt32},
    {"uint64", c10::kUInt64},
    {"float8_e4m3fn", c10::kFloat8_e4m3fn},
    {"float8_e4m3fnuz", c10::kFloat8_e4m3fnuz},
    {"float8_e5m2", c10::kFloat8_e5m2},
    {"float8_e5m2fnuz", c10::kFloat8_e5m2fnuz},
    {"float8_e8m0fnu", c10::kFloat8_e8m0fnu},
    {"complex64", c10::kComplexFloat},
    {"complex128", c10::kComplexDouble},
    {"complex32", c10::kComplexHalf},
    {"qint8", c10::kQInt8},
    {"quint8", c10::kQUInt8},
    {"qint32", c10::kQInt32},
};

struct NamedLayout {
  const char* name;
  c10::Layout layout;
};

constexpr NamedLayout kLayouts[] = {
    {"strided", c10::kStrided},      {"sparse_coo", c10::kSparse},
    {"sparse_csr", c10::kSparseCsr}, {"sparse_csc", c10::kSparseCsc},
    {"sparse_bsr", c10::kSparseBsr}, {"sparse_bsc", c10::kSparseBsc},
    {"_mkldnn", c10::kMkldnn},       {"jagged", c10::kJagged},
};

napi_value integerToJavaScript(napi_env env, int64_t integer) {
  napi_value value = nullptr;
  if (integer >= -kMaxSafeInteger && integer <= kMaxSafeInteger) {
    check(env, napi_create_double(env, static_cast<double>(integer), &value));
  } else {
    check(env, napi_create_bigint_int64(env, integer, &value));
  }
  return value;
}

template <typename List, typename Each>
napi_value listToJavaScript(napi_env env, const List& list, Each each) {
  auto array = Napi::Array::New(env, list.size());
  for (uint32_t i = 0; i < list.size(); i++) {
    array.Set(i, Napi::Value(env, each(list.get(i))));
  }
  return array;
}

}  // namespace

const char* dtypeName(c10::ScalarType type) {
  for (const auto& entry : kDtypes) {
    if (entry.type == type) return entry.name;
  }
  return c10::toString(type);
}

const char* layoutName(c10::Layout layout) {
  for (const auto& entry : kLayouts) {
    if (entry.layout == layout) return entry.name;
  }
  return "unknown";
}

std::optional<c10::Layout> parseLayout(const std::string& name) {
  for (const auto& entry : kLayouts) {
    if (name == entry.name) return entry.layout;
  }
  return std::nullopt;
}

std::optional<c10::ScalarType> parseDtype(const std::string& name) {
  for (const auto& entry : kDtypes) {
    if (name == entry.name) return entry.type;
  }
  return std::nullopt;
}

c10::ScalarType requireDtype(napi_env env, napi_value value, const char* what) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  if (type == napi_string) {
    if (const auto parsed = parseDtype(readString(env, value))) return *parsed;
  }
  throwInvalidArgument(std::string(what) + ": expected a dtype such as 'float32', got " +
                       describe(env, value));
}

std::optional<c10::Device> parseDevice(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  if (type == napi_object) {
    // A Device of the facade: its string form is its whole meaning.
    napi_value text = nullptr;
    if (napi_coerce_to_string(env, value, &text) != napi_ok) throw Napi::Error::New(env);
    value = text;
    type = napi_string;
  }
  if (type != napi_string) return std::nullopt;
  const std::string name = readString(env, value);
  const auto colon = name.find(':');
  const std::string kind = name.substr(0, colon);
  if (kind != "cpu" && kind != "cuda" && kind != "meta") return std::nullopt;
  try {
    return c10::Device(name);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::string readString(napi_env env, napi_value value) {
  size_t length = 0;
  check(env, napi_get_value_string_utf8(env, value, nullptr, 0, &length));
  std::string text(length, '\0');
  check(env, napi_get_value_string_utf8(env, value, text.data(), length + 1, &length));
  return text;
}

napi_value scalarToJavaScript(napi_env env, const c10::Scalar& scalar) {
  if (scalar.isBoolean()) return Napi::Boolean::New(env, scalar.toBool());
  if (scalar.type() == c10::kUInt64) {
    // Beyond what int64 holds.
    napi_value value = nullptr;
    check(env, napi_create_bigint_uint64(env, scalar.toUInt64(), &value));
    return value;
  }
  if (scalar.isIntegral(false)) return integerToJavaScript(env, scalar.toLong());
  if (scalar.isComplex()) {
    throwInvalidArgument(
        "a complex number has no JavaScript value: use torch.ops.aten.view_as_real");
  }
  return Napi::Number::New(env, scalar.toDouble());
}

napi_value toJavaScript(Environment& environment, const c10::IValue& value, Kind kind,
                        ScopeId lineage) {
  napi_env env = environment.raw();
  if (value.isTensor()) return wrapTensor(environment, value.toTensor(), lineage);
  if (value.isNone()) return Napi::Env(env).Null();
  if (value.isBool()) return Napi::Boolean::New(env, value.toBool());
  if (value.isInt()) {
    if (kind == Kind::kScalarType) {
      return Napi::String::New(env, dtypeName(static_cast<c10::ScalarType>(value.toInt())));
    }
    return integerToJavaScript(env, value.toInt());
  }
  if (value.isSymInt())
    return integerToJavaScript(env, value.toSymInt().guard_int(__FILE__, __LINE__));
  if (value.isDouble()) return Napi::Number::New(env, value.toDouble());
  if (value.isScalar()) return scalarToJavaScript(env, value.toScalar());
  if (value.isString()) return Napi::String::New(env, value.toStringRef());
  if (value.isDevice()) return Napi::String::New(env, value.toDevice().str());
  if (value.isList()) {
    return listToJavaScript(env, value.toList(), [&](const c10::IValue& element) {
      return toJavaScript(environment, element, Kind::kUnsupported, lineage);
    });
  }
  if (value.isTuple()) {
    const auto& elements = value.toTupleRef().elements();
    auto array = Napi::Array::New(env, elements.size());
    for (uint32_t i = 0; i < elements.size(); i++) {
      array.Set(
          i, Napi::Value(env, toJavaScript(environment, elements[i], Kind::kUnsupported, lineage)));
    }
    return array;
  }
  throwInvalidArgument("a result of type " + value.tagKind() + " has no JavaScript form");
}

std::string describe(napi_env env, napi_value value) {
  napi_valuetype type = napi_undefined;
  napi_typeof(env, value, &type);
  switch (type) {
    case napi_undefined:
      return "undefined";
    case napi_null:
      return "null";
    case napi_boolean: {
      bool flag = false;
      napi_get_value_bool(env, value, &flag);
      return flag ? "boolean true" : "boolean false";
    }
    case napi_number: {
      double number = 0;
      napi_get_value_double(env, value, &number);
      char text[32];
      std::snprintf(text, sizeof text, "number %.17g", number);
      return std::isnan(number) ? "number NaN" : text;
    }
    case napi_string: {
      std::string text = readString(env, value);
      if (text.size() > 40) text = text.substr(0, 40) + "…";
      return "string '" + text + "'";
    }
    case napi_symbol:
      return "symbol";
    case napi_bigint:
      return "bigint";
    case napi_function:
      return "function";
    case napi_external:
      // A tensor among an operator's arguments stands there as its handle (lib/native/ops.ts).
      return Environment::of(env).handles().find(value) != nullptr ? "Tensor" : "external";
    case napi_object:
      break;
  }
  bool isArray = false;
  uint32_t length = 0;
  napi_is_array(env, value, &isArray);
  if (isArray && napi_get_array_length(env, value, &length) == napi_ok) {
    return "Array(" + std::to_string(length) + ")";
  }
  bool isTypedArray = false;
  napi_is_typedarray(env, value, &isTypedArray);
  if (isTypedArray) return "typed array";
  auto& environment = Environment::of(env);
  if (tryUnwrapTensor(environment, value) != nullptr) return "Tensor";
  return "object";
}

}  // namespace lenet_torch
