// Bytes looked up in a table of 256 floats.
#pragma once

#include <cstdint>

namespace lenet_torch {

class Lookup {
 public:
  // `table` must outlive this.
  explicit Lookup(const float* table);
  void operator()(const uint8_t* bytes, float* out, int64_t count) const;

 private:
  using Divide = void (*)(const uint8_t* bytes, float* out, int64_t count);
  const float* table_;
  Divide divide_ = nullptr;
};

}  // namespace lenet_torch
