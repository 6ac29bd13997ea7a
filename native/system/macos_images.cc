// Compiled by scripts/macos.js, and never run yet.
#include <mach-o/dyld.h>
#include <sys/stat.h>

#include "images.h"

namespace lenet_torch {

std::string loadedLibrary(const std::string& name) {
  for (uint32_t i = 0; i < _dyld_image_count(); i++) {
    const char* image = _dyld_get_image_name(i);
    const std::string path = image == nullptr ? "" : image;
    const auto slash = path.rfind('/');
    if (slash != std::string::npos && path.compare(slash + 1, std::string::npos, name) == 0) {
      return path;
    }
  }
  return {};
}

bool isSameFile(const std::string& a, const std::string& b) {
  struct stat first{}, second{};
  return stat(a.c_str(), &first) == 0 && stat(b.c_str(), &second) == 0 &&
         first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

// dyld maps the system's libraries and others' together: it has no call for it.
void leaveLibrary(const std::string&) {}

}  // namespace lenet_torch
