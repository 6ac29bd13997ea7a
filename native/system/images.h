// The libraries that a process has loaded, as its system tells of them: linux_images.cc,
// macos_images.cc.
#pragma once

#include <string>

namespace lenet_torch {

// The path of a loaded library by the name of its file, without folders; empty where there is none.
std::string loadedLibrary(const std::string& name);

bool isSameFile(const std::string& a, const std::string& b);

// Gives back the pages of a library's code and constants. Much of what was read at its start,
// symbols and what registers thousands of operators, is never read again; what is, is mapped again
// when it is met.
void leaveLibrary(const std::string& path);

}  // namespace lenet_torch
