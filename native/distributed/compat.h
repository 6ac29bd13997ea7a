// What differs between the versions of libtorch that this compiles against.
#pragma once

#include <torch/csrc/distributed/c10d/reducer.hpp>
#include <type_traits>

namespace lenet_distributed {

// 2.15 has these two by other names.
template <typename Backend>
auto gatherInto(Backend& backend, at::Tensor& output, at::Tensor& input) {
  if constexpr (requires { backend._allgather_base(output, input); }) {
    return backend._allgather_base(output, input);
  } else {
    return backend.all_gather_single(output, input);
  }
}

template <typename Backend, typename Options>
auto reduceScatterInto(Backend& backend, at::Tensor& output, at::Tensor& input,
                       const Options& options) {
  if constexpr (requires { backend._reduce_scatter_base(output, input, options); }) {
    return backend._reduce_scatter_base(output, input, options);
  } else {
    return backend.reduce_scatter_single(output, input, options);
  }
}

// The last two parameters came one after the other.
template <typename Known, typename... Given>
std::unique_ptr<Known> reducerOf(Given... given) {
  if constexpr (std::is_constructible_v<Known, Given..., bool, bool, std::vector<int64_t>>) {
    return std::make_unique<Known>(given..., false, false, std::vector<int64_t>{});
  } else if constexpr (std::is_constructible_v<Known, Given..., bool, bool>) {
    return std::make_unique<Known>(given..., false, false);
  } else {
    return std::make_unique<Known>(given...);
  }
}

}  // namespace lenet_distributed
