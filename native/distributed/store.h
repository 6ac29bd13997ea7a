#pragma once

#include <torch/csrc/distributed/c10d/Store.hpp>

#include "interface.h"

namespace lenet_distributed {

std::shared_ptr<Store> openTcpStore(const TcpStoreOptions& options);
std::shared_ptr<Store> openFileStore(const std::string& path, int worldSize);
std::shared_ptr<Store> openHashStore();
std::shared_ptr<Store> openPrefixStore(const std::string& prefix,
                                       const std::shared_ptr<Store>& store);

// c10d's own store behind one of ours.
const c10::intrusive_ptr<c10d::Store>& storeOf(const std::shared_ptr<Store>& store);

}  // namespace lenet_distributed
