// A process's memory, as its system tells and takes it: linux_memory.cc, macos_memory.cc.
#pragma once

#include <cstdint>

namespace lenet_torch {

// Resident memory of the process, in bytes; 0 where it is not told.
int64_t residentBytes();

// Gives back to the system what is free and still resident.
void returnFreedMemory();

// A step's temporaries go all at once. By default glibc then gives their memory back to the kernel
// and faults it in again in the next step, a quarter of the time of eager training: it shall keep
// it.
void keepFreedMemory();

}  // namespace lenet_torch
