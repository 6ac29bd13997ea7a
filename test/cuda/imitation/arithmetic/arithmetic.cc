// Arithmetic for the imitation of CUDA, an addon to be loaded beside libtorch: what its CUDA
// kernels would compute, its CPU kernels compute in the same memory, at once or, in a capture,
// whenever the graph is started. Memory, autograd and dispatch stay libtorch's own; numbers are
// then those of the CPU.
#include "../arithmetic.h"

#include <ATen/ATen.h>
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/cuda/CUDAException.h>
#include <c10/cuda/CUDAStream.h>
#include <c10/util/Exception.h>
#include <node_api.h>
#include <torch/library.h>

#include <set>
#include <string>

namespace {

using c10::IValue;
using torch::jit::Stack;

at::Tensor onHost(const at::Tensor& tensor) {
  if (!tensor.defined() || !tensor.is_cuda()) return tensor;
  const auto options = tensor.options().device(at::kCPU);
  if (tensor.numel() == 0) return at::empty_strided(tensor.sizes(), tensor.strides(), options);
  void* place = imitationReach(tensor.mutable_data_ptr());
  TORCH_CHECK(place != nullptr, "imitation: a tensor lies in memory that was freed");
  return at::from_blob(place, tensor.sizes(), tensor.strides(), options);
}

// A generator of the CPU for the numbers that one of a device would give next.
at::Generator onHost(at::Generator generator) {
  if (generator.device().is_cpu()) return generator;
  const std::lock_guard<std::mutex> lock(generator.mutex());
  const uint64_t offset = generator.get_offset();
  generator.set_offset(offset + 4);
  return at::detail::createCPUGenerator(generator.current_seed() + offset * 0x9E3779B1);
}

// A value with each of its tensors, devices and generators replaced.
template <typename Change>
IValue changed(const IValue& value, const Change& change) {
  if (value.isTensor()) return change(value.toTensor());
  if (value.isDevice()) return c10::Device(at::kCPU);
  if (value.isGenerator()) return onHost(value.toGenerator());
  if (value.isTensorList()) {
    c10::List<at::Tensor> list;
    for (const at::Tensor& each : value.toTensorVector()) list.push_back(change(each));
    return list;
  }
  if (value.isList() && value.toList().elementType()->kind() == c10::TypeKind::OptionalType) {
    c10::List<std::optional<at::Tensor>> list;
    for (const IValue& each : value.toListRef()) {
      if (!each.isNone() && !each.isTensor()) return value;
      list.push_back(each.isNone() ? std::nullopt : std::optional(change(each.toTensor())));
    }
    return list;
  }
  return value;
}

template <typename Change>
Stack changed(const Stack& values, const Change& change) {
  Stack result;
  for (const auto& value : values) result.push_back(changed(value, change));
  return result;
}

// Operators that CUDA alone has, by those that it has in common with the CPU.
Stack callWithoutCudnn(const std::string& name, const Stack& given) {
  const auto tensor = [&](size_t i) {
    return given[i].isNone() ? at::Tensor() : given[i].toTensor();
  };
  if (name == "aten::cudnn_batch_norm") {
    auto [output, mean, inverse] =
        at::native_batch_norm(tensor(0), tensor(1), tensor(2), tensor(3), tensor(4),
                              given[5].toBool(), given[6].toDouble(), given[7].toDouble());
    return {output, mean, inverse, at::empty({0}, at::kByte)};
  }
  auto [input, weight, bias] = at::native_batch_norm_backward(
      tensor(1), tensor(0), tensor(2), tensor(3), tensor(4), tensor(5), tensor(6), true,
      given[7].toDouble(), {true, true, true});
  return {input, weight, bias};
}

const std::set<std::string> cudnnAlone = {"aten::cudnn_batch_norm",
                                          "aten::cudnn_batch_norm_backward"};

Stack call(const c10::OperatorHandle& op, Stack values) {
  const at::AutoDispatchBelowAutograd guard;
  const auto& name = op.operator_name().name;
  if (cudnnAlone.contains(name)) return callWithoutCudnn(name, values);
  try {
    op.callBoxed(values);
  } catch (const c10::IndexError&) {
    // What is an exception on the CPU is an assertion on the device, which CUDA tells of from then
    // on.
    imitationLoseContext();
    C10_CUDA_CHECK(cudaPeekAtLastError());
  }
  return values;
}

// The host waits for how many elements there are, where that depends on values, and for copies to
// another device.
bool waits(const std::string& name, const Stack& given) {
  static const std::set<std::string> names = {"aten::nonzero", "aten::masked_select",
                                              "aten::_unique2", "aten::unique_dim"};
  return names.contains(name) ||
         (name == "aten::copy_" && given[0].toTensor().device() != given[1].toTensor().device());
}

// The argument that a result is, for operators that write into their arguments.
std::optional<size_t> writtenArgument(const c10::FunctionSchema& schema, size_t result) {
  const auto* alias = schema.returns()[result].alias_info();
  if (alias == nullptr) return std::nullopt;
  for (size_t i = 0; i < schema.arguments().size(); i++) {
    const auto* other = schema.arguments()[i].alias_info();
    if (other != nullptr && *other == *alias) return i;
  }
  return std::nullopt;
}

// Whether an argument that was empty got its size by being written.
bool isResized(const IValue& written, const IValue& result) {
  return written.isTensor() && result.isTensor() && written.toTensor().is_cuda() &&
         !written.toTensor().sizes().equals(result.toTensor().sizes());
}

c10::Device deviceOf(const Stack& given) {
  std::optional<c10::Device> found;
  const auto look = [&](const at::Tensor& tensor) {
    if (!found && tensor.defined() && tensor.is_cuda()) found = tensor.device();
    return tensor;
  };
  for (const auto& value : given) {
    if (!value.isGenerator()) changed(value, look);
    if (!found && value.isDevice() && value.toDevice().is_cuda()) found = value.toDevice();
  }
  return found.value_or(c10::Device(at::kCUDA, c10::cuda::current_device()));
}

void compute(const c10::OperatorHandle& op, Stack* stack) {
  const auto& schema = op.schema();
  const Stack given = torch::jit::pop(*stack, schema.arguments().size());
  const c10::Device device = deviceOf(given);
  const c10::DeviceGuard guard(device);
  const cudaStream_t stream = c10::cuda::getCurrentCUDAStream(device.index());
  const bool isCaptured = imitationIsCaptured(stream) != 0;
  if (isCaptured && waits(op.operator_name().name, given)) {
    C10_CUDA_CHECK(cudaStreamSynchronize(stream));
  }

  Stack host = changed(given, [](const at::Tensor& tensor) { return onHost(tensor); });
  for (size_t i = 0; i < host.size(); i++) {
    const bool isOwn = schema.arguments()[i].name() == "generator" && host[i].isNone();
    if (isOwn) host[i] = onHost(at::globalContext().defaultGenerator(device));
  }
  // A capture computes nothing; what shapes there will be is found out aside.
  const auto aside = [](const at::Tensor& tensor) {
    return tensor.defined() ? tensor.clone() : tensor;
  };
  const Stack results = call(op, isCaptured ? changed(host, aside) : host);

  // Which results are to be stored where, in their order.
  std::vector<size_t> stored;
  std::vector<at::Tensor> places;
  for (size_t i = 0; i < schema.returns().size(); i++) {
    if (const auto argument = writtenArgument(schema, i)) {
      const IValue& written = given[*argument];
      stack->push_back(written);
      if (isResized(written, results[i])) {
        written.toTensor().resize_(results[i].toTensor().sizes());
        stored.push_back(i);
        places.push_back(onHost(written.toTensor()));
      }
      continue;
    }
    stored.push_back(i);
    stack->push_back(changed(results[i], [&](const at::Tensor& result) {
      if (!result.defined()) return result;
      const auto dense = result.is_non_overlapping_and_dense() ? result : result.contiguous();
      const auto options = dense.options().device(device);
      const auto there = at::empty_strided(dense.sizes(), dense.strides(), options);
      places.push_back(onHost(there));
      return there;
    }));
  }
  const auto store = [stored, places](const Stack& values) {
    size_t place = 0;
    for (const size_t i : stored) {
      changed(values[i], [&](const at::Tensor& result) {
        if (result.defined()) places[place++].copy_(result);
        return result;
      });
    }
  };
  if (isCaptured) {
    std::function<void()> work = [op, host, store] {
      const c10::impl::ExcludeDispatchKeyGuard guard(c10::autograd_dispatch_keyset);
      store(call(op, host));
    };
    C10_CUDA_CHECK(imitationEnqueue(stream, &work));
  } else {
    const at::AutoDispatchBelowAutograd below;
    store(results);
  }
}

bool isLeftAlone(const c10::OperatorHandle& op) {
  static const std::set<std::string> names = {
      "aten::as_strided",  "aten::_local_scalar_dense", "aten::record_stream", "aten::equal",
      "aten::_pin_memory", "aten::is_pinned",           "aten::is_set_to",     "aten::set_"};
  const auto& name = op.operator_name().name;
  if (names.contains(name) || name.find("empty") != std::string::npos ||
      name.find("resize") != std::string::npos) {
    return true;
  }
  // Views say something of memory, and compute nothing.
  for (const auto& each : op.schema().returns()) {
    if (each.alias_info() != nullptr && !each.alias_info()->isWrite()) return true;
  }
  return false;
}

struct Silence : c10::WarningHandler {
  void process(const c10::Warning&) override {}
};

void replaceKernels() {
  Silence silence;
  const c10::WarningUtils::WarningHandlerGuard guard(&silence);
  static auto& library =
      *new torch::Library(torch::Library::IMPL, "aten", std::nullopt, __FILE__, __LINE__);
  static const std::set<std::string> composite = {"aten::copy_", "aten::convolution",
                                                  "aten::convolution_backward"};
  auto& dispatcher = c10::Dispatcher::singleton();
  for (const auto& each : dispatcher.getAllOpNames()) {
    const auto op = dispatcher.findSchema(each);
    if (!op || each.name.rfind("aten::", 0) != 0 || isLeftAlone(*op)) continue;
    const bool isKernel = op->hasKernelForDispatchKey(c10::DispatchKey::CUDA) &&
                          op->hasComputedKernelForDispatchKey(c10::DispatchKey::CPU);
    if (!isKernel && !composite.contains(each.name) && !cudnnAlone.contains(each.name)) continue;
    const auto name = c10::toString(each).substr(6);
    library.impl(name.c_str(), c10::DispatchKey::CUDA,
                 torch::CppFunction::makeFromBoxedFunction<&compute>());
  }
}

}  // namespace

NAPI_MODULE_INIT() {
  static const bool isDone = (replaceKernels(), true);
  (void)env;
  return isDone ? exports : nullptr;
}
