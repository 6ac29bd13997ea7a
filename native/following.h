// A forward pass whose JavaScript runs while no operator computes: lib/observe/trail.ts answers the
// calls with hollow tensors, which have sizes and a dtype but no elements. Whatever else wants to
// read or change a tensor meanwhile ends that.
#pragma once

#include <napi.h>

namespace lenet_torch {

class Environment;
struct TensorHandle;

// A hollow tensor was met where elements are wanted, or it was kept beyond its pass.
[[noreturn]] void throwHollow(Environment& environment, const char* what);

// newHollow(dtype), resizeHollow(tensor, shape), beginFollowing(), endFollowing()
void exportFollowing(Environment& environment, Napi::Object exports);

}  // namespace lenet_torch
