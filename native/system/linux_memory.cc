#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <cstdlib>

#include "memory.h"

namespace lenet_torch {

int64_t residentBytes() {
  const int file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char text[128] = {};
  const auto length = read(file, text, sizeof text - 1);
  close(file);
  if (length <= 0) return 0;
  char* rest = nullptr;
  std::strtoll(text, &rest, 10);
  return std::strtoll(rest, nullptr, 10) * sysconf(_SC_PAGESIZE);
}

void returnFreedMemory() { malloc_trim(0); }

// Both thresholds are needed: either one alone makes it worse. Whoever sets glibc's allocator
// himself is left alone.
void keepFreedMemory() {
#ifdef __GLIBC__
  for (const auto* name : {"GLIBC_TUNABLES", "MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"}) {
    if (std::getenv(name) != nullptr) return;
  }
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 64 << 20);
#endif
}

}  // namespace lenet_torch
