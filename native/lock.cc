#include "lock.h"

#include <sys/file.h>

#include <cerrno>
#include <cstring>
#include <string>

#include "environment.h"
#include "error.h"
#include "function.h"

namespace lenet_torch {
namespace {

// lockFile(descriptor): false when another open file holds the lock, in this process or another
// one. The kernel lets go of it when the last descriptor of this open file is closed, by a crash
// too.
Napi::Value lockFile(const Napi::CallbackInfo& info) {
  const int descriptor = info[0].As<Napi::Number>().Int32Value();
  int status = 0;
  do {
    status = flock(descriptor, LOCK_EX | LOCK_NB);
  } while (status != 0 && errno == EINTR);
  if (status != 0 && errno != EWOULDBLOCK) {
    throw CodedError(ErrorClass::kTorchError, "ERR_RUN_LOCKED",
                     std::string("the file system has no locks: ") + std::strerror(errno));
  }
  return Napi::Boolean::New(info.Env(), status == 0);
}

}  // namespace

void exportLock(Environment&, Napi::Object exports) {
  exportFunction<lockFile>(exports, "lockFile");
}

}  // namespace lenet_torch
