#include "adam.h"

#include <ATen/ATen.h>

#include <array>
#include <optional>
#include <vector>

#include "environment.h"
#include "function.h"
#include "tensor.h"

namespace lenet_torch {
namespace {

// Whether both have each element at the same place.
bool liesAlike(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != b.scalar_type() || a.device() != b.device() || a.sizes() != b.sizes()) {
    return false;
  }
  for (int64_t i = 0; i < a.dim(); i++) {
    if (a.size(i) != 1 && a.stride(i) != b.stride(i)) return false;
  }
  return true;
}

bool isCount(const at::Tensor& tensor, const at::Tensor& param) {
  return tensor.scalar_type() == c10::kFloat && tensor.numel() == 1 &&
         tensor.device() == param.device() && hasOwnElements(tensor);
}

constexpr size_t kLists = 6;
enum List : size_t { kParams, kGrads, kFirst, kSecond, kLargest, kSteps };
using Lists = std::array<std::vector<at::Tensor>, kLists>;

std::vector<at::Tensor> tensorsOf(Environment& environment, const Napi::Value& value) {
  const auto array = value.As<Napi::Array>();
  const uint32_t count = array.Length();
  std::vector<at::Tensor> tensors;
  tensors.reserve(count);
  for (uint32_t i = 0; i < count; i++) {
    tensors.push_back(unwrapTensor(environment, array.Get(i), "Adam").tensor);
  }
  return tensors;
}

// Whether the kernel can take a parameter. It walks through the memory of the parameter and of what
// belongs to it from the first element on, and looks neither at strides nor at sizes.
bool fitsKernel(const Lists& lists, size_t i) {
  const auto& param = lists[kParams][i];
  if (!hasOwnElements(param) || !param.is_non_overlapping_and_dense() ||
      !at::isFloatingType(param.scalar_type()) || !isCount(lists[kSteps][i], param)) {
    return false;
  }
  for (const auto list : {kGrads, kFirst, kSecond, kLargest}) {
    if (lists[list].empty()) continue;
    const auto& tensor = lists[list][i];
    if (!liesAlike(param, tensor) || !hasOwnElements(tensor)) return false;
  }
  return true;
}

template <typename Rate>
void runKernel(const Napi::CallbackInfo& info, Lists& lists, const Rate& rate) {
  const auto number = [&](size_t i) { return info[i].As<Napi::Number>().DoubleValue(); };
  const auto on = [&](size_t i) { return info[i].As<Napi::Boolean>().Value(); };
  const double beta1 = number(7), beta2 = number(8), decay = number(9), eps = number(10);
  const bool amsgrad = on(11), maximize = on(12), decoupled = on(13);
  // The kernel wants the count with this step in it; with 0 it would divide by zero.
  at::_foreach_add_(lists[kSteps], 1);
  const auto run = [&](auto kernel) {
    kernel(lists[kParams], lists[kGrads], lists[kFirst], lists[kSecond], lists[kLargest],
           lists[kSteps]);
  };
  if (decoupled) {
    run([&](auto&... all) {
      at::_fused_adamw_(all..., rate, beta1, beta2, decay, eps, amsgrad, maximize);
    });
  } else {
    run([&](auto&... all) {
      at::_fused_adam_(all..., rate, beta1, beta2, decay, eps, amsgrad, maximize);
    });
  }
  // The kernel keeps its changes to itself; autograd and the fused engine have to see them.
  for (const auto& param : lists[kParams]) param.unsafeGetTensorImpl()->bump_version();
}

// stepAdam(params, grads, first moments, second moments, largest second moments or [], steps, rate,
// beta1, beta2, weightDecay, eps, amsgrad, maximize, decoupled) → the numbers of the parameters
// that the kernel cannot take, which are left alone. With a tensor as rate all must fit.
Napi::Value stepAdam(const Napi::CallbackInfo& info) {
  auto& environment = Environment::of(info.Env());
  Lists lists;
  for (size_t i = 0; i < kLists; i++) lists[i] = tensorsOf(environment, info[i]);
  const size_t count = lists[kParams].size();
  for (const auto& list : lists) {
    TORCH_CHECK(list.size() == count || (&list == &lists[kLargest] && list.empty()),
                "Adam: expected ", count, " tensors, got ", list.size());
  }
  for (const auto& grad : lists[kGrads]) {
    TORCH_CHECK(grad.layout() == c10::kStrided, "Adam does not support sparse gradients");
  }
  std::vector<uint32_t> others;
  for (size_t i = 0; i < count; i++) {
    if (!fitsKernel(lists, i)) others.push_back(i);
  }
  const auto* rate = tryUnwrapTensor(environment, info[6]);
  TORCH_CHECK(rate == nullptr || others.empty(),
              "Adam: a parameter lies in memory otherwise than its gradient or moments");
  for (size_t k = others.size(); k-- > 0;) {
    for (auto& list : lists) {
      if (!list.empty()) list.erase(list.begin() + others[k]);
    }
  }
  if (!lists[kParams].empty()) {
    if (rate != nullptr) {
      runKernel<const at::Tensor&>(info, lists, rate->tensor);
    } else {
      runKernel<double>(info, lists, info[6].As<Napi::Number>().DoubleValue());
    }
  }
  auto result = Napi::Array::New(info.Env(), others.size());
  for (uint32_t k = 0; k < others.size(); k++) result.Set(k, others[k]);
  return result;
}

}  // namespace

void exportAdam(Environment&, Napi::Object exports) {
  exportFunction<stepAdam>(exports, "stepAdam");
}

}  // namespace lenet_torch
