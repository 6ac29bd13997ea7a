#pragma once

#include <functional>
#include <string>

namespace lenet_distributed {

// See Library::onMismatch.
void onMismatch(std::function<void(const std::string&)> told);

}  // namespace lenet_distributed
