// Work on a thread of its own, and the promise that tells of its end.
#pragma once

#include <napi.h>

#include <functional>

namespace lenet_torch {

struct BackgroundWork {
  std::function<void()> work;                  // on the thread; what it throws is rejected with
  std::function<napi_value(napi_env)> result;  // back on JavaScript's thread
  std::function<void()> stop;                  // asks `work` to end early; from any thread
};

// Starts the work. When the environment ends first (a terminated worker), the work is asked to stop
// and waited for. Keeps the event loop alive.
Napi::Promise runInBackground(Napi::Env env, BackgroundWork work);

}  // namespace lenet_torch
