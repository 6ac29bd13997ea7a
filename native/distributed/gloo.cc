#include "gloo.h"

#include <sched.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>

#include "store.h"

namespace lenet_distributed {
namespace {

using c10d::ProcessGroupGloo;

// What GLOO_SOCKET_IFNAME lists: "eth0,eth1".
std::vector<std::string> listedInterfaces() {
  const char* value = std::getenv("GLOO_SOCKET_IFNAME");
  std::vector<std::string> result;
  for (std::string_view rest = value != nullptr ? value : ""; !rest.empty();) {
    const auto comma = std::min(rest.find(','), rest.size());
    if (comma > 0) result.emplace_back(rest.substr(0, comma));
    rest.remove_prefix(std::min(comma + 1, rest.size()));
  }
  return result;
}

// While it lives, threads that this one starts do not push others aside when they wake, as
// SCHED_BATCH says. Meant for the thread of Gloo's devices: where it finds a connection locked it
// asks again and again, and if it has pushed aside who holds the lock, on the same core, both lose
// its whole slice, some 2 ms of a step (seen with two ranks on two cores).
class BehindOthers {
 public:
  BehindOthers() {
    if (sched_getscheduler(0) != SCHED_OTHER) return;
    isSet_ = set(SCHED_BATCH);
  }
  ~BehindOthers() {
    if (isSet_) set(SCHED_OTHER);
  }
  BehindOthers(const BehindOthers&) = delete;
  BehindOthers& operator=(const BehindOthers&) = delete;

 private:
  // Of this thread alone.
  static bool set(int policy) {
    const sched_param none{};
    return sched_setscheduler(0, policy, &none) == 0;
  }

  bool isSet_ = false;
};

// Options::create_default() does the same, but only from libtorch 2.10 on, and without an address.
c10::intrusive_ptr<ProcessGroupGloo::Options> glooOptions(const GroupOptions& options) {
  auto result = ProcessGroupGloo::Options::create(options.timeout);
  const bool lazily = c10d::getDefaultGlooLazyInit();
  const BehindOthers devices;
  for (const auto& name : listedInterfaces()) {
    result->devices.push_back(ProcessGroupGloo::createDeviceForInterface(name, lazily));
  }
  if (result->devices.empty()) {
    result->devices.push_back(
        options.address.empty()
            ? ProcessGroupGloo::createDefaultDevice(lazily)
            : ProcessGroupGloo::createDeviceForHostname(options.address, lazily));
  }
  result->threads = static_cast<int>(result->devices.size()) * 2;
  return result;
}

}  // namespace

c10::intrusive_ptr<c10d::Backend> openGloo(const GroupOptions& options) {
  return c10::make_intrusive<ProcessGroupGloo>(storeOf(options.store), options.rank, options.size,
                                               glooOptions(options));
}

}  // namespace lenet_distributed
