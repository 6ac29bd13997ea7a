// Compiled by scripts/macos.js, and never run yet.
#include <mach/mach.h>
#include <malloc/malloc.h>

#include "memory.h"

namespace lenet_torch {

int64_t residentBytes() {
  mach_task_basic_info info{};
  mach_msg_type_number_t count = MACH_TASK_BASIC_INFO_COUNT;
  const auto told = task_info(mach_task_self(), MACH_TASK_BASIC_INFO,
                              reinterpret_cast<task_info_t>(&info), &count);
  return told == KERN_SUCCESS ? static_cast<int64_t>(info.resident_size) : 0;
}

void returnFreedMemory() { malloc_zone_pressure_relief(nullptr, 0); }

// Its allocator is not glibc's.
void keepFreedMemory() {}

}  // namespace lenet_torch
