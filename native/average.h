// Means over several processes, for whoever can wait for them on a thread of its own.
#pragma once

#include <napi.h>

#include <cstdint>
#include <memory>

namespace lenet_torch {

class Environment;

class Average {
 public:
  virtual ~Average() = default;
  // Replaces each value by its mean over the processes, which all have to call this with as many
  // values. Blocks; throws where it fails. One caller at a time.
  virtual void average(float* values, int64_t count) = 0;
  // From any thread: whoever waits in average() throws at once, and so does each later call.
  virtual void cancel() = 0;
};

using AveragePointer = std::shared_ptr<Average>;

// Null for undefined.
AveragePointer averageArgument(const Napi::CallbackInfo& info, size_t argument);

// makeAverage, cancelAverage
void exportAverage(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
