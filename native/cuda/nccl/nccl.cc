#include <c10/core/DeviceGuard.h>
#include <torch/csrc/api/include/torch/version.h>

#include <cstddef>
#include <cstdlib>
#include <new>
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>

#include "interface.h"

#define LENET_NCCL_TEXT(x) #x
#define LENET_NCCL_EXPAND(x) LENET_NCCL_TEXT(x)

namespace lenet_nccl {
namespace {

using c10d::ProcessGroupNCCL;
using NcclOptions = ProcessGroupNCCL::Options;

// How long NCCL's configuration is in libtorch, whose constructor writes it down; in room for a
// longer one than is known here. Where it is another one, what follows it lies elsewhere too, and
// nothing of this may be destroyed.
size_t configBytes() {
  alignas(NcclOptions) std::byte room[sizeof(NcclOptions) + 1024] = {};
  auto* options = new (room) NcclOptions();
  const auto result = options->config.size;
  if (result == sizeof(ncclConfig_t)) options->~NcclOptions();
  return result;
}

class KnownLibrary : public Library {
 public:
  const char* builtFor() const override {
    return LENET_NCCL_EXPAND(TORCH_VERSION_MAJOR) "." LENET_NCCL_EXPAND(TORCH_VERSION_MINOR);
  }

  std::string version() const override { return c10d::getNcclVersion(); }

  std::string problem() const override {
    static const auto found = configBytes();
    if (found == sizeof(ncclConfig_t)) return "";
    return "is built for another NCCL than libtorch's " + version() + " (" +
           std::to_string(sizeof(ncclConfig_t)) + " bytes of configuration, found " +
           std::to_string(found) + ")";
  }

  c10::intrusive_ptr<c10d::Backend> open(const Options& given) const override {
    const auto why = problem();
    TORCH_CHECK(why.empty(), "the library for NCCL ", why);
    const at::Device device(at::kCUDA, static_cast<c10::DeviceIndex>(given.device));
    const c10::DeviceGuard guard(device);
    auto options = NcclOptions::create();
    options->timeout = given.timeout;
    auto group =
        c10::make_intrusive<ProcessGroupNCCL>(given.store, given.rank, given.size, options);
    // Here, where nobody waits: the first operation would, on JavaScript's thread, for all ranks.
    group->eagerConnectSingleDevice(device);
    return group;
  }
};

}  // namespace
}  // namespace lenet_nccl

extern "C" {

__attribute__((visibility("default"))) int lenet_nccl_abi() { return lenet_nccl::kAbi; }

__attribute__((visibility("default"))) const lenet_nccl::Library* lenet_nccl_open() {
  // A warning at the first message: that those are in one order with all else, as they are with
  // Gloo.
  setenv("TORCH_NCCL_SHOW_EAGER_INIT_P2P_SERIALIZATION_WARNING", "false", 0);
  static const auto& library = *new lenet_nccl::KnownLibrary;
  return &library;
}
}
