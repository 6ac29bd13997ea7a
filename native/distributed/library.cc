// Table of contents: what the addon finds by name.
#include <c10/util/Exception.h>
#include <c10/util/Logging.h>
#include <c10/util/Type.h>

#include <typeinfo>

#include "group.h"
#include "interface.h"
#include "mismatch.h"
#include "route.h"
#include "store.h"

namespace lenet_distributed {
namespace {

class KnownLibrary : public Library {
 public:
  const char* builtFor() const override { return LENET_TORCH_BUILT_FOR; }
  std::shared_ptr<Store> tcpStore(const TcpStoreOptions& options) const override {
    return openTcpStore(options);
  }
  std::shared_ptr<Store> fileStore(const std::string& path, int worldSize) const override {
    return openFileStore(path, worldSize);
  }
  std::shared_ptr<Store> hashStore() const override { return openHashStore(); }
  std::shared_ptr<Store> prefixStore(const std::string& prefix,
                                     const std::shared_ptr<Store>& store) const override {
    return openPrefixStore(prefix, store);
  }
  std::unique_ptr<Group> openGroup(const GroupOptions& options) const override {
    return lenet_distributed::openGroup(options);
  }
  std::string addressTowards(const std::string& host, uint16_t port) const override {
    return lenet_distributed::addressTowards(host, port);
  }
  Explained explain(const std::exception_ptr& error) const override {
    try {
      std::rethrow_exception(error);
    } catch (const c10::Error& e) {
      return {e.what_without_backtrace(), c10::demangle(typeid(e).name())};
    } catch (const std::exception& e) {
      return {e.what(), c10::demangle(typeid(e).name())};
    } catch (...) {
      return {"unknown C++ exception", "unknown"};
    }
  }
  void onMismatch(std::function<void(const std::string&)> told) const override {
    lenet_distributed::onMismatch(std::move(told));
  }
};

}  // namespace
}  // namespace lenet_distributed

extern "C" {

__attribute__((visibility("default"))) int lenet_distributed_abi() {
  return lenet_distributed::kAbi;
}

__attribute__((visibility("default"))) const lenet_distributed::Library* lenet_distributed_open() {
  // c10d writes warnings with C++ backtraces to stderr; the errors say the same.
  setenv("TORCH_CPP_LOG_LEVEL", "FATAL", 0);
  c10::initLogging();
  static const auto& library = *new lenet_distributed::KnownLibrary;
  return &library;
}
}
