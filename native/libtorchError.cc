#include "libtorchError.h"

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <initializer_list>
#include <string_view>

#include "convert.h"
#include "device.h"
#include "driver.h"
#include "environment.h"
#include "function.h"

namespace lenet_torch {
namespace {

bool says(const std::string& text, std::initializer_list<std::string_view> phrases) {
  for (const auto phrase : phrases) {
    if (text.find(phrase) != std::string::npos) return true;
  }
  return false;
}

// The first line: what follows is advice for programs in Python.
std::string firstLine(const std::string& text) { return text.substr(0, text.find('\n')); }

// What stands between two phrases, the later one after the earlier; empty where they do not.
std::string between(const std::string& text, std::string_view before, std::string_view after) {
  const auto start = text.find(before);
  if (start == std::string::npos) return {};
  const auto begin = start + before.size();
  const auto end = text.find(after, begin);
  return end == std::string::npos ? std::string() : text.substr(begin, end - begin);
}

// "20.00 GiB", "512.00 KiB", "100 bytes" in bytes.
std::optional<double> parseSize(const std::string& size) {
  char* unit = nullptr;
  double bytes = std::strtod(size.c_str(), &unit);
  if (unit == size.c_str()) return std::nullopt;
  for (const std::string_view known : {" bytes", " KiB", " MiB", " GiB"}) {
    if (unit == known) return bytes;
    bytes *= 1024;
  }
  return std::nullopt;
}

Verdict outOfMemory(const std::string& text) {
  Verdict verdict{ErrorClass::kOutOfMemory, "ERR_OUT_OF_MEMORY", text, {}, {}, {}};
  // On the GPU: "Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.11 GiB of which
  // 512.00 MiB is free." On the CPU: "you tried to allocate 16000 bytes. Error code 12".
  const auto asked = between(text, "Tried to allocate ", ". GPU");
  const auto number = between(text, ". GPU ", " has a total");
  const auto total = between(text, "total capacity of ", " of which");
  const auto free = between(text, "of which ", " is free");
  verdict.asked = parseSize(asked.empty() ? between(text, "tried to allocate ", ". Error") : asked);
  verdict.total = parseSize(total);
  verdict.free = parseSize(free);
  if (verdict.asked && verdict.total && verdict.free) {
    verdict.message = "out of memory on cuda:" + number + ": asked for " + asked + ", free are " +
                      free + " of " + total +
                      ". What was there before stays usable: release tensors, take smaller "
                      "batches, or call torch.cuda.emptyCache(). libtorch says: " +
                      firstLine(text);
  } else if (says(text, {"CUDA error: out of memory"})) {
    verdict.message = "out of memory on the GPU. libtorch says: " + firstLine(text);
  }
  return verdict;
}

Verdict torchError(const char* code, std::string message) {
  return {ErrorClass::kTorchError, code, std::move(message), {}, {}, {}};
}

Verdict unavailable(const std::string& text) {
  return torchError("ERR_CUDA_UNAVAILABLE",
                    "CUDA is not available. libtorch says: " + firstLine(text) +
                        " (npx lenet-torch doctor tells what is missing)");
}

std::string oneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

bool isName(char letter) {
  return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_';
}

// Whole numbers make integers in Python and float32 here, so that these are what newcomers meet.
std::string withIntegers(std::string text) {
  if (!says(text, {"expected scalar type Long but found Float",
                   "types: Long, Int; but got CPUFloat", "index tensor of type LongTensor",
                   "a long tensor for index, but got Float", "tensors used as indices must be long",
                   "should be Long but got Float", "lengths must be integral"}) &&
      !(says(text, {"(): Expected dtype int"}) && says(text, {" for index"}))) {
    return text;
  }
  if (text.back() == '.') text.pop_back();
  return text +
         "; labels and indices are int64, such as torch.tensor([0n, 1n]) or torch.tensor([0, 1], "
         "{ dtype: 'int64' }): plain numbers make float32";
}

// c10d's, Gloo's and NCCL's; their texts differ from version to version in what stands around these
// phrases.
const char* distributedCode(const std::string& text) {
  if (says(text, {"DDP expects same model", "Duplicate GPU detected"})) {
    return "ERR_DISTRIBUTED_MISMATCH";
  }
  if (says(text, {"failed to listen", "EADDRINUSE", "Address already in use"})) {
    return "ERR_DISTRIBUTED_ADDRESS";
  }
  if (says(text, {"connectFullMesh failed", "client socket has failed to connect",
                  "Unable to find address", "No route to host", "Connection refused"})) {
    return "ERR_DISTRIBUTED_CONNECT";
  }
  if (says(text, {"Timed out waiting", "has timed out after", "Timed out after", "wait timeout",
                  "Wait timeout", "Socket Timeout", "failed to pass monitoredBarrier",
                  "collective operation timeout", "NCCL timeout"})) {
    return "ERR_DISTRIBUTED_TIMEOUT";
  }
  if (says(text, {"Connection reset by peer", "Connection closed by peer", "Broken pipe",
                  "Application timeout caused pair closure", "Socket closed",
                  "failed to recv, got 0 bytes", "Failed to recv", "ncclRemoteError"})) {
    return "ERR_DISTRIBUTED_PEER";
  }
  return nullptr;
}

}  // namespace

std::string inJavaScript(const std::string& text) {
  std::string result;
  for (size_t i = 0; i < text.size();) {
    size_t end = i;
    while (end < text.size() && isName(text[end])) end++;
    const bool isTrue = text.compare(end, 5, "=True") == 0;
    const size_t after = end + (isTrue ? 5 : 6);
    const bool isOption = (isTrue || text.compare(end, 6, "=False") == 0) &&
                          (after >= text.size() || !isName(text[after]));
    if (end == i) {
      result += text[i++];
    } else if (isOption) {
      result += camelCase(text.substr(i, end - i)) + (isTrue ? ": true" : ": false");
      i = after;
    } else {
      result.append(text, i, end - i);
      i = end;
    }
  }
  return result;
}

Verdict judge(const std::string& text, const DescribeDevice& describeDevice) {
  if (says(text, {"DefaultCPUAllocator", "out of memory"})) return outOfMemory(text);
  if (says(text, {"device-side assert triggered"})) {
    return torchError(
        "ERR_CUDA_CONTEXT_LOST",
        "a kernel on the GPU met a value that it must not meet (device-side assertion). The CUDA "
        "context is lost: this process can use no GPU any more, start it again. Check the labels "
        "given to the loss (int64, 0 … K−1) and the indices given to indexSelect, gather and "
        "embedding; with CUDA_LAUNCH_BLOCKING=1 the error comes from the call itself. libtorch "
        "says: " +
            firstLine(text));
  }
  if (says(text, {"an illegal memory access was encountered", "unspecified launch failure",
                  "misaligned address", "an illegal instruction was encountered",
                  "the launch timed out and was terminated"})) {
    return torchError("ERR_CUDA_CONTEXT_LOST",
                      "a kernel on the GPU failed, and the CUDA context is lost: this process can "
                      "use no GPU any more, start it again. With CUDA_LAUNCH_BLOCKING=1 the error "
                      "comes from the call itself. libtorch says: " +
                          firstLine(text));
  }
  if (says(text, {"no kernel image is available"})) {
    const auto device = describeDevice();
    return torchError("ERR_CUDA_ARCHITECTURE",
                      "this libtorch has no kernels for the GPU " + device +
                          (device.empty() ? "" : " ") +
                          "(no kernel image): its compute capability is older or newer than those "
                          "it was built for. Take another libtorch version: npx lenet-torch setup "
                          "--cuda --version MINOR, or train with --device cpu");
  }
  if (says(text, {"when stream is capturing", "capturing blocking stream",
                  "previous error during capture", "Cannot prepare for replay during capturing",
                  "implicit dependency on the legacy stream", "capture was not initiated",
                  "capturing stream has unjoined work", "during CUDA graph capture"})) {
    return torchError(
        "ERR_CUDA_CAPTURE",
        "this cannot be captured in a CUDA graph: nothing in it may read a value on "
        "the host (item, data, a condition), bring a tensor from there or wait for the GPU. "
        "libtorch says: " +
            firstLine(text));
  }
  if (says(text, {"NVIDIA driver on your system is too old", "Found no NVIDIA driver",
                  "No CUDA GPUs are available", "driver version is insufficient",
                  "no CUDA-capable device is detected", "invalid device ordinal",
                  "not linked with support for cuda devices", "Cannot initialize CUDA without",
                  "CUDA unknown error", "ProcessGroupNCCL is only supported with GPUs"})) {
    return unavailable(text);
  }
  // With a GPU, this is an operator that has no kernel for it.
  if (says(text, {"from the 'CUDA' backend"}) && describeDevice().empty()) {
    return unavailable(text.substr(0, text.find(". This could be")));
  }
  // A reducer's group that has been closed (distributed/reducer.cc).
  if (says(text, {"No backend type associated with device type"})) {
    return torchError("ERR_DISTRIBUTED_CLOSED",
                      "backward: the process group has been destroyed or has failed, and gradients "
                      "cannot be averaged any more");
  }
  if (const auto* code = distributedCode(text)) {
    // What NCCL itself says stands in the last one.
    return torchError(code, says(text, {"NCCL error"}) ? oneLine(text) : firstLine(text));
  }
  return torchError("ERR_LIBTORCH", withIntegers(inJavaScript(text)));
}

std::string describeCudaDevice() {
  const auto* guard = cudaGuard();
  if (guard == nullptr || guard->deviceCount() == 0) return {};
  const int number = guard->getDevice().index();
  const std::string name = "cuda:" + std::to_string(number);
  const auto found = deviceProperties(number);
  if (!found) return name;
  return name + " (" + found->name + ", compute capability " + std::to_string(found->major) + "." +
         std::to_string(found->minor) + ")";
}

// judgeError(text, device?): for tests. What JavaScript would be told.
static Napi::Value judgeError(const Napi::CallbackInfo& info) {
  const std::string device = info[1].IsString() ? info[1].ToString().Utf8Value() : "";
  const auto verdict = judge(info[0].ToString().Utf8Value(), [&] { return device; });
  auto result = Napi::Object::New(info.Env());
  result.Set("code", verdict.code);
  result.Set("message", verdict.message);
  if (verdict.asked) result.Set("asked", *verdict.asked);
  if (verdict.free) result.Set("free", *verdict.free);
  if (verdict.total) result.Set("total", *verdict.total);
  return result;
}

void exportLibtorchError(Environment&, Napi::Object exports) {
  exportFunction<judgeError>(exports, "judgeError");
}

}  // namespace lenet_torch
