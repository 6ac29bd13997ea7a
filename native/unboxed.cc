#include "unboxed.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/jit_type.h>

#include <array>
#include <optional>
#include <string>
#include <utility>

namespace lenet_torch {
namespace {

using c10::IValue;
using Tensor = const at::Tensor&;
using MaybeTensor = const std::optional<at::Tensor>&;
using Number = const c10::Scalar&;

// What an operator's C++ takes, made of what stands on the stack.
template <typename Argument>
struct Read;
template <>
struct Read<Tensor> {
  static Tensor from(const IValue& value) { return value.toTensor(); }
};
template <>
struct Read<MaybeTensor> {
  static std::optional<at::Tensor> from(const IValue& value) {
    return value.toOptional<at::Tensor>();
  }
};
template <>
struct Read<Number> {
  static c10::Scalar from(const IValue& value) { return value.toScalar(); }
};
template <>
struct Read<int64_t> {
  static int64_t from(const IValue& value) { return value.toInt(); }
};
template <>
struct Read<c10::SymInt> {
  static c10::SymInt from(const IValue& value) { return value.toInt(); }
};
template <>
struct Read<bool> {
  static bool from(const IValue& value) { return value.toBool(); }
};
template <>
struct Read<double> {
  static double from(const IValue& value) { return value.toDouble(); }
};

template <typename... Arguments>
class Shaped final : public Unboxed {
 public:
  using Function = at::Tensor(Arguments...);
  explicit Shaped(const c10::OperatorHandle& handle) : handle_(handle.typed<Function>()) {}

  at::Tensor call(const torch::jit::Stack& arguments) const override {
    return callWith(arguments, std::index_sequence_for<Arguments...>());
  }

 private:
  template <size_t... index>
  at::Tensor callWith(const torch::jit::Stack& arguments, std::index_sequence<index...>) const {
    return handle_.call(Read<Arguments>::from(arguments[index])...);
  }

  c10::TypedOperatorHandle<Function> handle_;
};

template <typename... Arguments>
std::unique_ptr<Unboxed> make(const c10::OperatorHandle& handle) {
  return std::make_unique<Shaped<Arguments...>>(handle);
}

// A letter for a type; '?' for any other.
char letterOf(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return 'T';
    case c10::TypeKind::NumberType:
      return 'N';
    case c10::TypeKind::IntType:
      return 'I';
    case c10::TypeKind::SymIntType:
      return 'S';
    case c10::TypeKind::BoolType:
      return 'B';
    case c10::TypeKind::FloatType:
      return 'F';
    case c10::TypeKind::OptionalType:
      return letterOf(type->castRaw<c10::OptionalType>()->getElementType()) == 'T' ? 'O' : '?';
    default:
      return '?';
  }
}

struct Shape {
  const char* letters;
  std::unique_ptr<Unboxed> (*make)(const c10::OperatorHandle& handle);
};

constexpr std::array kShapes = {
    Shape{"T", make<Tensor>},                                      // relu
    Shape{"TT", make<Tensor, Tensor>},                             // mul, matmul
    Shape{"TN", make<Tensor, Number>},                             // pow
    Shape{"TTN", make<Tensor, Tensor, Number>},                    // add
    Shape{"TNN", make<Tensor, Number, Number>},                    // add of a number
    Shape{"TI", make<Tensor, int64_t>},                            // unsqueeze
    Shape{"TII", make<Tensor, int64_t, int64_t>},                  // transpose
    Shape{"TIS", make<Tensor, int64_t, c10::SymInt>},              // select
    Shape{"TIB", make<Tensor, int64_t, bool>},                     // _softmax
    Shape{"TTT", make<Tensor, Tensor, Tensor>},                    // where
    Shape{"TTO", make<Tensor, Tensor, MaybeTensor>},               // linear
    Shape{"TTTNN", make<Tensor, Tensor, Tensor, Number, Number>},  // addmm
    Shape{"TTOISF",                                                // cross_entropy_loss
          make<Tensor, Tensor, MaybeTensor, int64_t, c10::SymInt, double>},
};

}  // namespace

std::unique_ptr<Unboxed> makeUnboxed(const c10::OperatorHandle& handle) {
  const auto& schema = handle.schema();
  const auto isWritten = [](const c10::Argument& argument) {
    return argument.alias_info() != nullptr && argument.alias_info()->isWrite();
  };
  // What is written to is taken, and given back, by another type.
  if (schema.returns().size() != 1 || letterOf(schema.returns()[0].real_type()) != 'T' ||
      isWritten(schema.returns()[0])) {
    return nullptr;
  }
  std::string letters;
  for (const auto& argument : schema.arguments()) {
    letters += isWritten(argument) ? '?' : letterOf(argument.real_type());
  }
  for (const auto& shape : kShapes) {
    if (letters == shape.letters) return shape.make(handle);
  }
  return nullptr;
}

}  // namespace lenet_torch
