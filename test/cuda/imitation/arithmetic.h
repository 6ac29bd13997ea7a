// What arithmetic/ asks of the imitation.
#pragma once

#include <cuda_runtime_api.h>

#include <functional>

extern "C" {
// Where the host can read and write what lies at an address of a device; null where nothing does.
void* imitationReach(const void* pointer);
// Has a stream run work: at once, or whenever the graph is started that is captured from it.
cudaError_t imitationEnqueue(cudaStream_t stream, std::function<void()>* work);
int imitationIsCaptured(cudaStream_t stream);
// As a device-side assertion does.
void imitationLoseContext();
}
