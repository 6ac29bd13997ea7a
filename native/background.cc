#include "background.h"

#include <exception>
#include <memory>
#include <thread>

#include "error.h"

namespace lenet_torch {
namespace {

struct Task {
  Task(Napi::Env env, BackgroundWork background) : work(std::move(background)) {
    check(env, napi_create_promise(env, &deferred, &promise));
  }

  BackgroundWork work;
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;  // valid while runInBackground() runs
  napi_threadsafe_function wake = nullptr;
  std::thread thread;
  std::exception_ptr error;
};

void runTask(Task& task) {
  try {
    task.work.work();
  } catch (...) {
    task.error = std::current_exception();
  }
  napi_call_threadsafe_function(task.wake, nullptr, napi_tsfn_nonblocking);
}

void endWithEnvironment(void* data) {
  auto& task = *static_cast<Task*>(data);
  task.work.stop();
  if (task.thread.joinable()) task.thread.join();
}

// A worker that is being terminated runs no JavaScript: then the calls do nothing, and nobody waits
// for the promise any more.
void settle(napi_env env, Task& task) {
  const napi_value result = guarded(env, [&] {
    if (task.error) std::rethrow_exception(task.error);
    return task.work.result(env);
  });
  napi_value error = nullptr;
  bool failed = false;
  napi_is_exception_pending(env, &failed);
  if (failed && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_reject_deferred(env, task.deferred, error);
  } else if (result != nullptr) {
    napi_resolve_deferred(env, task.deferred, result);
  }
}

// On JavaScript's thread, once; `env` is null when the environment is ending.
void finish(napi_env env, napi_value, void* context, void*) {
  auto& task = *static_cast<Task*>(context);
  if (env == nullptr) return;
  if (task.thread.joinable()) task.thread.join();
  napi_remove_env_cleanup_hook(env, endWithEnvironment, &task);
  settle(env, task);
  napi_release_threadsafe_function(task.wake, napi_tsfn_release);
}

void forget(napi_env, void* data, void*) { delete static_cast<Task*>(data); }

}  // namespace

Napi::Promise runInBackground(Napi::Env env, BackgroundWork work) {
  auto owned = std::make_unique<Task>(env, std::move(work));
  auto* task = owned.get();
  const auto name = Napi::String::New(env, "lenet-torch");
  check(env, napi_create_threadsafe_function(env, nullptr, nullptr, name, 0, 1, task, forget, task,
                                             finish, &task->wake));
  owned.release();
  // After the function's own hook, so that this one runs before it: the thread must have ended when
  // the function goes.
  check(env, napi_add_env_cleanup_hook(env, endWithEnvironment, task));
  const Napi::Promise promise(env, task->promise);
  try {
    task->thread = std::thread(runTask, std::ref(*task));
  } catch (...) {
    task->error = std::current_exception();
    napi_call_threadsafe_function(task->wake, nullptr, napi_tsfn_nonblocking);
  }
  return promise;
}

}  // namespace lenet_torch
