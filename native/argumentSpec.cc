// What an operator's schema says of an argument or result, worked out once.
#include <ATen/core/jit_type.h>

#include <cctype>

#include "convert.h"

namespace lenet_torch {
namespace {

Kind listKind(const c10::TypePtr& element) {
  switch (element->kind()) {
    case c10::TypeKind::TensorType:
      return Kind::kTensorList;
    case c10::TypeKind::OptionalType:
      return element->castRaw<c10::OptionalType>()->getElementType()->kind() ==
                     c10::TypeKind::TensorType
                 ? Kind::kOptionalTensorList
                 : Kind::kUnsupported;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return Kind::kIntList;
    case c10::TypeKind::FloatType:
      return Kind::kFloatList;
    case c10::TypeKind::BoolType:
      return Kind::kBoolList;
    case c10::TypeKind::NumberType:
      return Kind::kScalarList;
    default:
      return Kind::kUnsupported;
  }
}

Kind kindOf(const c10::TypePtr& type) {
  switch (type->kind()) {
    case c10::TypeKind::TensorType:
      return Kind::kTensor;
    case c10::TypeKind::IntType:
    case c10::TypeKind::SymIntType:
      return Kind::kInt;
    case c10::TypeKind::FloatType:
      return Kind::kFloat;
    case c10::TypeKind::BoolType:
      return Kind::kBool;
    case c10::TypeKind::NumberType:
      return Kind::kScalar;
    case c10::TypeKind::StringType:
      return Kind::kString;
    case c10::TypeKind::DeviceObjType:
      return Kind::kDevice;
    case c10::TypeKind::ScalarTypeType:
      return Kind::kScalarType;
    case c10::TypeKind::LayoutType:
      return Kind::kLayout;
    case c10::TypeKind::MemoryFormatType:
      return Kind::kMemoryFormat;
    case c10::TypeKind::GeneratorType:
      return Kind::kGenerator;
    case c10::TypeKind::ListType:
      return listKind(type->castRaw<c10::ListType>()->getElementType());
    default:
      return Kind::kUnsupported;
  }
}

// Symbolic sizes are integers to who calls.
std::string typeText(std::string type) {
  for (size_t at; (at = type.find("SymInt")) != std::string::npos;) type.replace(at, 6, "int");
  return type;
}

}  // namespace

std::string camelCase(const std::string& name) {
  std::string result;
  for (size_t i = 0; i < name.size(); i++) {
    const bool begins = name[i] == '_' && i > 0 && i + 1 < name.size();
    result += begins ? static_cast<char>(std::toupper(name[++i])) : name[i];
  }
  return result;
}

ArgumentSpec::ArgumentSpec(const c10::Argument& argument)
    : name(argument.name()),
      camelName(camelCase(argument.name())),
      type(typeText(argument.real_type()->str())),
      keywordOnly(argument.kwarg_only()),
      length(argument.N().value_or(0)) {
  // type() shows ScalarType, Layout and MemoryFormat as int; real_type() says what they are.
  c10::TypePtr wanted = argument.real_type();
  if (wanted->kind() == c10::TypeKind::OptionalType) {
    optional = true;
    wanted = wanted->castRaw<c10::OptionalType>()->getElementType();
  }
  kind = kindOf(wanted);
  if (argument.default_value()) defaultValue = *argument.default_value();
}

ResultSpec::ResultSpec(const c10::Argument& result) {
  c10::TypePtr type = result.real_type();
  if (type->kind() == c10::TypeKind::OptionalType) {
    type = type->castRaw<c10::OptionalType>()->getElementType();
  }
  kind = kindOf(type);
}

}  // namespace lenet_torch
