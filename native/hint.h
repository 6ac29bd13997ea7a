// What somebody may have meant who misspelt a name.
#pragma once

#include <string>
#include <vector>

namespace lenet_torch {

// "; did you mean 'dim'?", or nothing where no name is near.
std::string hintFor(const std::string& given, const std::vector<std::string>& names);

}  // namespace lenet_torch
