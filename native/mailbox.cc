#include "mailbox.h"

#include <thread>
#include <utility>

#include "environment.h"
#include "error.h"

namespace lenet_torch {
namespace {

// A worker that is being terminated runs no JavaScript: then the calls do nothing.
void settle(napi_env env, napi_deferred deferred, const std::function<napi_value()>& make) {
  const napi_value value = guarded(env, make);
  bool failed = false;
  napi_value error = nullptr;
  napi_is_exception_pending(env, &failed);
  if (failed && napi_get_and_clear_last_exception(env, &error) == napi_ok) {
    napi_reject_deferred(env, deferred, error);
  } else if (value != nullptr) {
    napi_resolve_deferred(env, deferred, value);
  }
}

}  // namespace

std::shared_ptr<Mailbox> Mailbox::of(Environment& environment) {
  auto& mailbox = environment.mailbox();
  if (mailbox == nullptr) {
    mailbox = std::make_shared<Mailbox>(environment.raw());
    napi_add_env_cleanup_hook(
        environment.raw(), [](void* data) { static_cast<Mailbox*>(data)->close(); },
        environment.retain(mailbox));
  }
  return mailbox;
}

Mailbox::Mailbox(napi_env env) : env_(env) {
  const auto name = Napi::String::New(env, "lenet-torch");
  check(env, napi_create_threadsafe_function(
                 env, nullptr, nullptr, name, 0, 1, nullptr, nullptr, this,
                 [](napi_env current, napi_value, void* context, void*) {
                   if (current != nullptr) static_cast<Mailbox*>(context)->deliver(current);
                 },
                 &wake_));
  napi_unref_threadsafe_function(env, wake_);
}

void Mailbox::expect() {
  if (expected_++ == 0) napi_ref_threadsafe_function(env_, wake_);
}

void Mailbox::close() {
  std::vector<Posted> dropped;
  const std::lock_guard lock(mutex_);
  closed_ = true;
  dropped.swap(letters_);
}

bool Mailbox::isOpen() {
  const std::lock_guard lock(mutex_);
  return !closed_;
}

void Mailbox::post(Letter letter) { add({std::move(letter), true}); }

void Mailbox::postUnexpected(Letter letter) { add({std::move(letter), false}); }

void Mailbox::add(Posted posted) {
  const std::lock_guard lock(mutex_);
  if (closed_) return;
  letters_.push_back(std::move(posted));
  napi_call_threadsafe_function(wake_, nullptr, napi_tsfn_nonblocking);
}

void Mailbox::deliver(napi_env env) {
  std::vector<Posted> letters;
  {
    const std::lock_guard lock(mutex_);
    letters.swap(letters_);
  }
  for (const auto& [letter, wasExpected] : letters) {
    letter(env);
    if (wasExpected && --expected_ == 0) napi_unref_threadsafe_function(env, wake_);
  }
}

std::pair<std::shared_ptr<Answer>, Napi::Promise> Answer::expectedBy(Environment& environment,
                                                                     bool holds) {
  auto mailbox = Mailbox::of(environment);
  napi_deferred deferred = nullptr;
  napi_value promise = nullptr;
  check(environment.raw(), napi_create_promise(environment.raw(), &deferred, &promise));
  if (holds) mailbox->expect();
  return {std::shared_ptr<Answer>(new Answer(std::move(mailbox), deferred, holds)),
          Napi::Promise(environment.raw(), promise)};
}

void Answer::post(Mailbox::Letter letter) {
  if (holds_) {
    mailbox_->post(std::move(letter));
  } else {
    mailbox_->postUnexpected(std::move(letter));
  }
}

void Answer::resolve(Result result) {
  post([deferred = deferred_, result = std::move(result)](napi_env env) {
    settle(env, deferred, [&] { return result(env); });
  });
}

void Answer::reject(std::exception_ptr error) {
  post([deferred = deferred_, error = std::move(error)](napi_env env) {
    settle(env, deferred, [&]() -> napi_value { std::rethrow_exception(error); });
  });
}

Napi::Promise runDetached(Environment& environment, std::function<Result()> work, bool holds) {
  auto [answer, promise] = Answer::expectedBy(environment, holds);
  const auto run = [answer = answer, work = std::move(work)] {
    try {
      answer->resolve(work());
    } catch (...) {
      answer->reject(std::current_exception());
    }
  };
  try {
    std::thread(run).detach();
  } catch (...) {
    answer->reject(std::current_exception());
  }
  return promise;
}

}  // namespace lenet_torch
