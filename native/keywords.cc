#include "keywords.h"

#include "convert.h"
#include "error.h"

namespace lenet_torch {
namespace {

// Names are looked at in JavaScript, in a quarter of the time that N-API takes for a list of them:
// a plain object's become the digits of a number, 0 for an empty one. Test runners load packages
// into contexts of their own, with another Object.prototype: plain is what has nothing above its
// prototype.
constexpr const char* kReader = R"((numberOf => {
  const { getPrototypeOf, hasOwn } = Object;
  const numbers = new Map();
  return given => {
    const prototype = getPrototypeOf(given);
    if (prototype !== null && getPrototypeOf(prototype) !== null) return -1;
    let packed = 0;
    let place = 1;
    for (const name in given) {
      if (!hasOwn(given, name)) continue;
      let number = numbers.get(name);
      if (number === undefined) {
        number = numberOf(name);
        if (number === 0) return -2;
        numbers.set(name, number);
      }
      if (place > 2 ** 36) return -2;
      packed += place * number;
      place *= 4096;
    }
    return packed;
  };
}))";
constexpr int kNotPlain = -1;
constexpr int kDigitBits = 12;
constexpr uint64_t kMostNumber = (1 << kDigitBits) - 1;

}  // namespace

void ArgumentNames::prepare(napi_env env) {
  const auto make = Napi::Env(env).RunScript(kReader).As<Napi::Function>();
  const auto numbers = Napi::Function::New(
      env, [this](const Napi::CallbackInfo& info) { return numberOf(info); }, "numberOf");
  reader_ = Napi::Persistent(make.Call({numbers}).As<Napi::Function>());
  values_ = Napi::Persistent(Napi::Array::New(env).As<Napi::Object>());
}

NameNumber ArgumentNames::add(const std::string& name) {
  const auto [found, isNew] = numbers_.try_emplace(name, static_cast<NameNumber>(texts_.size()));
  if (isNew) texts_.push_back(name);
  return found->second;
}

NameNumber ArgumentNames::find(const std::string& name) const {
  const auto found = numbers_.find(name);
  return found == numbers_.end() ? kNoName : found->second;
}

// A digit for a name, from 1; 0 where there is none.
Napi::Value ArgumentNames::numberOf(const Napi::CallbackInfo& info) {
  const auto number = find(info[0].As<Napi::String>());
  const uint64_t digit = number + 1;
  if (digit == 0 || digit > kMostNumber) return Napi::Number::New(info.Env(), 0);
  values_.Set(static_cast<uint32_t>(number), info[0]);
  return Napi::Number::New(info.Env(), static_cast<double>(digit));
}

Keywords ArgumentNames::read(napi_env env, napi_value given) const {
  Keywords keywords{true};
  napi_valuetype type = napi_undefined;
  napi_typeof(env, given, &type);
  if (type != napi_object) return keywords;
  napi_value result = nullptr;
  double packed = 0;
  check(env, napi_call_function(env, given, reader_.Value(), 1, &given, &result));
  check(env, napi_get_value_double(env, result, &packed));
  if (packed == kNotPlain) return keywords;
  keywords.isPlainObject = true;
  if (packed >= 0) {
    readKnown(env, given, static_cast<uint64_t>(packed), keywords);
  } else {
    readAny(env, given, keywords);
  }
  return keywords;
}

void ArgumentNames::readKnown(napi_env env, napi_value given, uint64_t packed,
                              Keywords& keywords) const {
  napi_value names = values_.Value();
  for (; packed > 0; packed >>= kDigitBits) {
    const auto number = static_cast<NameNumber>((packed & kMostNumber) - 1);
    napi_value name = nullptr;
    napi_value value = nullptr;
    check(env, napi_get_element(env, names, number, &name));
    check(env, napi_get_property(env, given, name, &value));
    if (!isMissing(env, value)) keywords.list.push_back({number, value});
  }
}

// Unknown names, or many.
void ArgumentNames::readAny(napi_env env, napi_value given, Keywords& keywords) const {
  napi_value names = nullptr;
  uint32_t count = 0;
  check(env,
        napi_get_all_property_names(env, given, napi_key_own_only,
                                    napi_key_filter(napi_key_enumerable | napi_key_skip_symbols),
                                    napi_key_numbers_to_strings, &names));
  check(env, napi_get_array_length(env, names, &count));
  for (uint32_t i = 0; i < count; i++) {
    napi_value name = nullptr;
    napi_value value = nullptr;
    check(env, napi_get_element(env, names, i, &name));
    check(env, napi_get_property(env, given, name, &value));
    if (isMissing(env, value)) continue;
    // Longer than any argument's name: cut, it is as unknown as whole.
    char text[64];
    size_t length = 0;
    check(env, napi_get_value_string_utf8(env, name, text, sizeof text, &length));
    std::string known(text, length);
    const auto number = find(known);
    keywords.list.push_back({number, value, false, number == kNoName ? std::move(known) : ""});
  }
}

}  // namespace lenet_torch
