#include "background.h"

#include <exception>
#include <memory>
#include <thread>

#include "error.h"

namespace lenet_torch {
namespace {

struct Task {
  Task(Napi::Env env, BackgroundWork background)
      : work(std::move(background)), deferred(Napi::Promise::Deferred::New(env)) {}

  BackgroundWork work;
  Napi::Promise::Deferred deferred;
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

void settle(napi_env env, Task& task) {
  napi_value result = nullptr;
  try {
    if (task.error) std::rethrow_exception(task.error);
    result = task.work.result(env);
  } catch (...) {
    throwToJavaScript(env, std::current_exception());
    napi_get_and_clear_last_exception(env, &result);
    task.deferred.Reject(result);
    return;
  }
  task.deferred.Resolve(result);
}

// On JavaScript's thread, once; `env` is null when the environment is ending.
void finish(napi_env env, napi_value, void* context, void*) {
  auto& task = *static_cast<Task*>(context);
  if (env == nullptr) return;
  if (task.thread.joinable()) task.thread.join();
  napi_remove_env_cleanup_hook(env, endWithEnvironment, &task);
  try {
    settle(env, task);
  } catch (const Napi::Error&) {
    // A worker that is being terminated runs no JavaScript: nobody waits for the promise any more.
  }
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
  const auto promise = task->deferred.Promise();
  try {
    task->thread = std::thread(runTask, std::ref(*task));
  } catch (...) {
    task->error = std::current_exception();
    napi_call_threadsafe_function(task->wake, nullptr, napi_tsfn_nonblocking);
  }
  return promise;
}

}  // namespace lenet_torch
