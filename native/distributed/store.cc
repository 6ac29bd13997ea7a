#include "store.h"

#include <torch/csrc/distributed/c10d/FileStore.hpp>
#include <torch/csrc/distributed/c10d/HashStore.hpp>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#include <utility>

namespace lenet_distributed {
namespace {

class KnownStore : public Store {
 public:
  explicit KnownStore(c10::intrusive_ptr<c10d::Store> store, int port = 0)
      : store(std::move(store)), port_(port) {}

  void set(const std::string& key, const Bytes& value) override { store->set(key, value); }
  Bytes get(const std::string& key) override { return store->get(key); }
  int64_t add(const std::string& key, int64_t amount) override { return store->add(key, amount); }
  void wait(const std::vector<std::string>& keys, Milliseconds timeout) override {
    store->wait(keys, timeout);
  }
  bool check(const std::vector<std::string>& keys) override { return store->check(keys); }
  bool deleteKey(const std::string& key) override { return store->deleteKey(key); }
  Bytes compareSet(const std::string& key, const Bytes& expected, const Bytes& desired) override {
    return store->compareSet(key, expected, desired);
  }
  int64_t numKeys() override { return store->getNumKeys(); }
  Milliseconds timeout() const override { return store->getTimeout(); }
  void setTimeout(Milliseconds timeout) override { store->setTimeout(timeout); }
  int port() const override { return port_; }

  const c10::intrusive_ptr<c10d::Store> store;

 private:
  const int port_;
};

}  // namespace

std::shared_ptr<Store> openTcpStore(const TcpStoreOptions& options) {
  c10d::TCPStoreOptions known;
  known.port = options.port;
  known.isServer = options.isServer;
  if (options.worldSize) known.numWorkers = static_cast<std::size_t>(*options.worldSize);
  known.waitWorkers = options.waitForWorkers;
  known.timeout = options.timeout;
  // As Python does: several stores of one process may share the port.
  known.multiTenant = true;
  known.useLibUV = options.useLibUV;
  auto store = c10::make_intrusive<c10d::TCPStore>(options.host, known);
  const int port = store->getPort();
  return std::make_shared<KnownStore>(std::move(store), port);
}

std::shared_ptr<Store> openFileStore(const std::string& path, int worldSize) {
  return std::make_shared<KnownStore>(c10::make_intrusive<c10d::FileStore>(path, worldSize));
}

std::shared_ptr<Store> openHashStore() {
  return std::make_shared<KnownStore>(c10::make_intrusive<c10d::HashStore>());
}

std::shared_ptr<Store> openPrefixStore(const std::string& prefix,
                                       const std::shared_ptr<Store>& store) {
  return std::make_shared<KnownStore>(
      c10::make_intrusive<c10d::PrefixStore>(prefix, storeOf(store)));
}

const c10::intrusive_ptr<c10d::Store>& storeOf(const std::shared_ptr<Store>& store) {
  return static_cast<const KnownStore&>(*store).store;
}

}  // namespace lenet_distributed
