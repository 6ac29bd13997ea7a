#include "data.h"

#include <ATen/ATen.h>
#include <ATen/Dispatch_v2.h>
#include <ATen/EmptyTensor.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <sstream>
#include <type_traits>
#include <utility>

#include "convert.h"
#include "environment.h"
#include "error.h"
#include "function.h"
#include "lookup.h"
#include "tensor.h"

namespace lenet_torch {
Elements requireTypedArray(napi_env env, napi_value value, const char* what) {
  napi_typedarray_type type;
  Elements elements{};
  bool isTypedArray = false;
  napi_is_typedarray(env, value, &isTypedArray);
  if (!isTypedArray) {
    throwInvalidArgument(std::string(what) + ": expected a typed array, got " +
                         describe(env, value));
  }
  check(env, napi_get_typedarray_info(env, value, &type, &elements.length, &elements.data, nullptr,
                                      nullptr));
  switch (type) {
    case napi_int8_array:
      elements.type = c10::kChar;
      break;
    case napi_uint8_array:
    case napi_uint8_clamped_array:
      elements.type = c10::kByte;
      break;
    case napi_int16_array:
      elements.type = c10::kShort;
      break;
    case napi_uint16_array:
      elements.type = c10::kUInt16;
      break;
    case napi_int32_array:
      elements.type = c10::kInt;
      break;
    case napi_uint32_array:
      elements.type = c10::kUInt32;
      break;
    case napi_float32_array:
      elements.type = c10::kFloat;
      break;
    case napi_float64_array:
      elements.type = c10::kDouble;
      break;
    case napi_bigint64_array:
      elements.type = c10::kLong;
      break;
    case napi_biguint64_array:
      elements.type = c10::kUInt64;
      break;
    default:
      throwInvalidArgument(std::string(what) +
                           ": expected an Int, Uint, BigInt, BigUint, Float32 or Float64 array");
  }
  return elements;
}

namespace {

// What an integer dtype takes of JavaScript's numbers is what PyTorch's lists take: fractions lose
// what follows the point, and negative integers wrap in unsigned dtypes, but for uint64.
template <typename To>
bool fits(double number) {
  constexpr auto kMax = std::numeric_limits<To>::max();
  constexpr bool kIs64 = sizeof(To) == 8;
  // As a double the largest integer of 64 bits is the first one beyond.
  const double end = static_cast<double>(kMax);
  const bool isBelow = kIs64 ? number < end : number <= end;
  if (std::is_signed_v<To>) {
    return isBelow && number >= static_cast<double>(std::numeric_limits<To>::min());
  }
  const bool isIntegral = number == std::trunc(number);
  if (kIs64) return isBelow && isIntegral && number >= 0;
  return isBelow && (number >= 0 || (isIntegral && -number <= end));
}

template <typename To, typename From>
bool fits(From integer) {
  constexpr auto kMax = std::numeric_limits<To>::max();
  if (std::is_signed_v<To> || sizeof(To) == 8 || std::cmp_greater_equal(integer, 0)) {
    return std::in_range<To>(integer);
  }
  return std::cmp_greater_equal(integer, -static_cast<int64_t>(kMax));
}

template <typename To>
To converted(double number) {
  // Through int64, for a negative double has no unsigned value in C++.
  if (std::is_signed_v<To> || number >= 0) return static_cast<To>(number);
  return static_cast<To>(static_cast<int64_t>(number));
}

template <typename To, typename From>
To converted(From integer) {
  return static_cast<To>(integer);
}

template <typename To, typename From>
void fillChecked(at::Tensor& tensor, const at::Tensor& source) {
  const auto* values = source.const_data_ptr<From>();
  auto* target = tensor.mutable_data_ptr<To>();
  for (int64_t i = 0; i < source.numel(); i++) {
    if (!fits<To>(values[i])) {
      std::ostringstream text;
      text.precision(17);
      text << "data: element " << i << " is " << values[i] << ", which "
           << dtypeName(tensor.scalar_type()) << " cannot hold";
      throwInvalidArgument(text.str());
    }
    target[i] = converted<To>(values[i]);
  }
}

// The elements as another integer dtype; first as one of three wide ones that hold them all.
at::Tensor toIntegers(const at::Tensor& source, c10::ScalarType dtype) {
  const bool isFloat = source.is_floating_point();
  const bool isUnsigned = source.scalar_type() == c10::kUInt64;
  const auto wide = source.to(isFloat ? c10::kDouble : isUnsigned ? c10::kUInt64 : c10::kLong);
  if (wide.scalar_type() == dtype) return wide;
  at::Tensor tensor = at::empty(source.sizes(), at::TensorOptions().dtype(dtype));
  AT_DISPATCH_V2(dtype, "fromData", AT_WRAP([&] {
                   if (isFloat) {
                     fillChecked<scalar_t, double>(tensor, wide);
                   } else if (isUnsigned) {
                     fillChecked<scalar_t, uint64_t>(tensor, wide);
                   } else {
                     fillChecked<scalar_t, int64_t>(tensor, wide);
                   }
                 }),
                 AT_EXPAND(AT_INTEGRAL_TYPES_V2));
  return tensor;
}

void requireCount(const std::vector<int64_t>& sizes, const Elements& elements) {
  double count = 1;
  for (const auto size : sizes) {
    if (size < 0) throwInvalidArgument("shape: sizes must not be negative");
    count *= static_cast<double>(size);
  }
  if (count != static_cast<double>(elements.length)) {
    throwInvalidArgument("data: the shape asks for " + std::to_string(static_cast<int64_t>(count)) +
                         " elements, got " + std::to_string(elements.length));
  }
}

// fromData(typedArray, shape, dtype): a new tensor with a copy of the elements.
Napi::Value fromData(const Napi::CallbackInfo& info) {
  napi_env env = info.Env();
  const auto sizes = requireSizes(env, info[1], "shape");
  const auto dtype = requireDtype(env, info[2], "dtype");
  // Read last: nothing that runs JavaScript may come between reading the pointer and using it.
  const auto elements = requireTypedArray(env, info[0], "data");
  requireCount(sizes, elements);
  at::Tensor tensor = at::empty(sizes, at::TensorOptions().dtype(elements.type));
  if (elements.length > 0) std::memcpy(tensor.data_ptr(), elements.data, tensor.nbytes());
  if (dtype != elements.type) {
    tensor = c10::isIntegralType(dtype, false) ? toIntegers(tensor, dtype) : tensor.to(dtype);
  }
  return {env, wrapTensor(Environment::of(env), tensor, kNoScope)};
}

// fromBytes(typedArray, shape): 0–255 as float32 0–1, by one division each, as operators would do
// it.
Napi::Value fromBytes(const Napi::CallbackInfo& info) {
  napi_env env = info.Env();
  const auto sizes = requireSizes(env, info[1], "shape");
  const auto elements = requireTypedArray(env, info[0], "data");
  requireCount(sizes, elements);
  if (elements.type != c10::kByte) throwInvalidArgument("data: expected bytes");
  // Not through the dispatcher, whose code a lone request finds in no cache.
  at::Tensor tensor = at::detail::empty_cpu(sizes, at::TensorOptions().dtype(c10::kFloat));
  const auto* bytes = static_cast<const uint8_t*>(elements.data);
  auto* out = tensor.mutable_data_ptr<float>();
  for (size_t i = 0; i < elements.length; i++) out[i] = static_cast<float>(bytes[i]) / 255.0F;
  return {env, wrapTensor(Environment::of(env), tensor, kNoScope)};
}

struct ArrayKind {
  napi_typedarray_type type;
  c10::ScalarType stored;  // what the elements are converted to
};

ArrayKind arrayKind(c10::ScalarType type) {
  switch (type) {
    case c10::kByte:
    case c10::kBool:
      return {napi_uint8_array, type};
    case c10::kChar:
      return {napi_int8_array, type};
    case c10::kShort:
      return {napi_int16_array, type};
    case c10::kUInt16:
      return {napi_uint16_array, type};
    case c10::kInt:
      return {napi_int32_array, type};
    case c10::kUInt32:
      return {napi_uint32_array, type};
    case c10::kLong:
      return {napi_bigint64_array, type};
    case c10::kUInt64:
      return {napi_biguint64_array, type};
    case c10::kDouble:
      return {napi_float64_array, type};
    case c10::kFloat:
    case c10::kHalf:
    case c10::kBFloat16:
    case c10::kFloat8_e4m3fn:
    case c10::kFloat8_e4m3fnuz:
    case c10::kFloat8_e5m2:
    case c10::kFloat8_e5m2fnuz:
    case c10::kFloat8_e8m0fnu:
      return {napi_float32_array, c10::kFloat};
    default:
      throwInvalidArgument(
          std::string("data(): ") + dtypeName(type) +
          " has no typed array in JavaScript; torch.ops.aten.view_as_real(tensor) has");
  }
}

// toData(tensor): a copy of the elements, in row-major order, as the matching typed array.
Napi::Value toData(const Napi::CallbackInfo& info) {
  napi_env env = info.Env();
  auto& environment = Environment::of(env);
  auto tensor = unwrapTensor(environment, info[0], "tensor").tensor.detach();
  environment.noteRead("data");
  if (tensor.layout() != c10::kStrided || tensor.is_nested()) {
    throwInvalidArgument(std::string("data(): the elements of a ") +
                         (tensor.is_nested() ? "nested" : layoutName(tensor.layout())) +
                         " tensor do not lie in rows; torch.ops.aten." +
                         (tensor.is_nested() ? "unbind" : "to_dense") +
                         "(tensor) has some that do");
  }
  // Zeros of libtorch's own that have no memory.
  if (tensor._is_zerotensor()) tensor = tensor.clone();
  const auto kind = arrayKind(tensor.scalar_type());
  // A view may say "conjugated" or "negated" of memory that holds other numbers.
  const auto plain = tensor.to(c10::kCPU, kind.stored).resolve_conj().resolve_neg().contiguous();
  TORCH_CHECK(hasOwnElements(plain), "data(): the tensor has no memory to read");
  const size_t bytes = plain.nbytes();
  void* target = nullptr;
  napi_value buffer = nullptr;
  napi_value array = nullptr;
  check(env, napi_create_arraybuffer(env, bytes, &target, &buffer));
  if (bytes > 0) std::memcpy(target, plain.const_data_ptr(), bytes);
  check(env, napi_create_typedarray(env, kind.type, plain.numel(), buffer, 0, &array));
  return {env, array};
}

// gather(images uint8 (M, …), indices int64 (N), table float32 (256)) → float32 (N, …)
// One pass: row indices[i] of the images, each byte looked up in the table.
Napi::Value gather(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  auto& imagesHandle = unwrapTensor(environment, info[0], "images");
  auto& indicesHandle = unwrapTensor(environment, info[1], "indices");
  auto& tableHandle = unwrapTensor(environment, info[2], "table");
  const at::Tensor images = imagesHandle.tensor;
  const at::Tensor indices = indicesHandle.tensor.resolve_neg().contiguous();
  const at::Tensor table = tableHandle.tensor.resolve_neg();
  TORCH_CHECK(images.dim() >= 1 && images.scalar_type() == c10::kByte && images.is_cpu() &&
                  images.is_contiguous() && hasOwnElements(images),
              "gather: expected contiguous uint8 images on the CPU");
  TORCH_CHECK(indices.dim() == 1 && indices.scalar_type() == c10::kLong && indices.is_cpu() &&
                  hasOwnElements(indices),
              "gather: expected a list of int64 indices on the CPU");
  TORCH_CHECK(table.numel() == 256 && table.scalar_type() == c10::kFloat && table.is_cpu() &&
                  table.is_contiguous() && hasOwnElements(table),
              "gather: expected a table of 256 float32 values on the CPU");
  const int64_t count = indices.numel();
  const int64_t rows = images.size(0);
  const auto* index = indices.const_data_ptr<int64_t>();
  for (int64_t i = 0; i < count; i++) {
    TORCH_CHECK_INDEX(index[i] >= 0 && index[i] < rows, "gather: index ", index[i],
                      " is out of range for ", rows, " images");
  }
  auto sizes = images.sizes().vec();
  sizes[0] = count;
  at::Tensor batch = at::empty(sizes, at::TensorOptions().dtype(c10::kFloat));
  const int64_t pixels = count == 0 ? 0 : batch.numel() / count;
  const auto* source = images.const_data_ptr<uint8_t>();
  const Lookup lookUp(table.const_data_ptr<float>());
  auto* target = batch.mutable_data_ptr<float>();
  // The processor cannot guess where the next row lies; of a long one it sees the rest by itself.
  const int64_t asked = std::min<int64_t>(pixels, 2048);
  at::parallel_for(0, count, 64, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; i++) {
      if (i + 2 < end) {
        const uint8_t* next = source + index[i + 2] * pixels;
        for (int64_t p = 0; p < asked; p += 64) __builtin_prefetch(next + p);
      }
      lookUp(source + index[i] * pixels, target + i * pixels, pixels);
    }
  });
  return {info.Env(),
          wrapTensor(environment, batch, std::max(imagesHandle.scope, indicesHandle.scope))};
}

}  // namespace

void exportData(Environment&, Napi::Object exports) {
  exportFunction<fromData>(exports, "fromData");
  exportFunction<fromBytes>(exports, "fromBytes");
  exportFunction<toData>(exports, "toData");
  exportFunction<gather>(exports, "gather");
}

}  // namespace lenet_torch
