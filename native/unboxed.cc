#include "unboxed.h"

#include <ATen/core/IListRef.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/jit_type.h>
#include <c10/core/SymIntArrayRef.h>
#include <c10/util/OptionalArrayRef.h>
#include <c10/util/SmallVector.h>

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
using MaybeType = std::optional<at::ScalarType>;

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
template <>
struct Read<MaybeType> {
  static MaybeType from(const IValue& value) { return value.toOptional<at::ScalarType>(); }
};
template <>
struct Read<std::optional<c10::SymInt>> {
  static std::optional<c10::SymInt> from(const IValue& value) {
    if (value.isNone()) return std::nullopt;
    return c10::SymInt(value.toInt());
  }
};

// Lists refer to elements that lie here while the operator is called.
class Integers {
 public:
  explicit Integers(const IValue& value) {
    if (value.isNone()) return;
    isGiven_ = true;
    for (const auto& element : value.toListRef()) elements_.push_back(element.toInt());
  }
  operator at::IntArrayRef() const { return elements_; }
  operator c10::SymIntArrayRef() const { return c10::fromIntArrayRefSlow(elements_); }
  operator at::OptionalIntArrayRef() const {
    if (!isGiven_) return std::nullopt;
    return at::IntArrayRef(elements_);
  }

 private:
  bool isGiven_ = false;
  c10::SmallVector<int64_t, 6> elements_;
};
template <>
struct Read<at::IntArrayRef> {
  static Integers from(const IValue& value) { return Integers(value); }
};
template <>
struct Read<c10::SymIntArrayRef> : Read<at::IntArrayRef> {};
template <>
struct Read<at::OptionalIntArrayRef> : Read<at::IntArrayRef> {};

class Tensors {
 public:
  explicit Tensors(const IValue& value) {
    for (const auto& element : value.toListRef()) elements_.push_back(element.toTensor());
  }
  operator at::TensorList() const { return elements_; }
  operator at::ITensorListRef() const { return at::TensorList(elements_); }

 private:
  c10::SmallVector<at::Tensor, 4> elements_;
};
template <>
struct Read<at::TensorList> {
  static Tensors from(const IValue& value) { return Tensors(value); }
};
template <>
struct Read<const at::ITensorListRef&> : Read<at::TensorList> {};

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

// A letter for a type, small for a list; '?' for any other.
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
    case c10::TypeKind::ListType:
      switch (letterOf(type->castRaw<c10::ListType>()->getElementType())) {
        case 'T':
          return 't';
        case 'I':
          return 'i';
        case 'S':
          return 's';
        default:
          return '?';
      }
    case c10::TypeKind::OptionalType: {
      const auto element = type->castRaw<c10::OptionalType>()->getElementType();
      if (element->kind() == c10::TypeKind::ScalarTypeType) return 'Y';
      switch (letterOf(element)) {
        case 'T':
          return 'O';
        case 'S':
          return 'P';
        case 'i':
          return 'd';
        default:
          return '?';
      }
    }
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
    Shape{"TY", make<Tensor, MaybeType>},                                   // sum
    Shape{"TdBY", make<Tensor, at::OptionalIntArrayRef, bool, MaybeType>},  // sum of dimensions
    Shape{"TIY", make<Tensor, int64_t, MaybeType>},                         // log_softmax
    Shape{"Ts", make<Tensor, c10::SymIntArrayRef>},                         // view
    Shape{"TsB", make<Tensor, c10::SymIntArrayRef, bool>},                  // expand
    Shape{"Ti", make<Tensor, at::IntArrayRef>},                             // permute
    Shape{"TiB", make<Tensor, at::IntArrayRef, bool>},                      // amax
    Shape{"TIPPS", make<Tensor, int64_t, std::optional<c10::SymInt>, std::optional<c10::SymInt>,
                        c10::SymInt>},                      // slice
    Shape{"tI", make<const at::ITensorListRef&, int64_t>},  // cat
    Shape{"tI", make<at::TensorList, int64_t>},             // stack
    Shape{"TTOsssS", make<Tensor, Tensor, MaybeTensor, c10::SymIntArrayRef, c10::SymIntArrayRef,
                          c10::SymIntArrayRef, c10::SymInt>},  // conv2d
    Shape{"TiiiiB", make<Tensor, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef, at::IntArrayRef,
                         bool>},  // max_pool2d
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
    if (letters != shape.letters) continue;
    try {
      return shape.make(handle);
    } catch (const c10::Error&) {
      // The same schema in other C++, as lists of tensors are: perhaps the next.
    }
  }
  return nullptr;
}

}  // namespace lenet_torch
