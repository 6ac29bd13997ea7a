import { native } from '../native/load.js';
import { type CudaDeviceLike, cudaIndex } from './device.js';

/** Bytes of a device that tensors take now; mirrors `torch.cuda.memory_allocated`. */
export function memoryAllocated(which?: CudaDeviceLike): number {
  return native.cudaMemoryStats(cudaIndex(which)).allocated;
}

/** Bytes of a device that libtorch holds, in use or not; mirrors `torch.cuda.memory_reserved`. */
export function memoryReserved(which?: CudaDeviceLike): number {
  return native.cudaMemoryStats(cudaIndex(which)).reserved;
}

/** Most bytes that tensors took since the start or {@link resetPeakMemoryStats}. */
export function maxMemoryAllocated(which?: CudaDeviceLike): number {
  return native.cudaMemoryStats(cudaIndex(which)).maxAllocated;
}

/** Most bytes that libtorch held since the start or {@link resetPeakMemoryStats}. */
export function maxMemoryReserved(which?: CudaDeviceLike): number {
  return native.cudaMemoryStats(cudaIndex(which)).maxReserved;
}

/** Lets {@link maxMemoryAllocated} begin anew; mirrors `torch.cuda.reset_peak_memory_stats`. */
export function resetPeakMemoryStats(which?: CudaDeviceLike): void {
  native.cudaResetPeakStats(cudaIndex(which));
}

/** Gives memory that no tensor takes back to the device; mirrors `torch.cuda.empty_cache`. */
export function emptyCache(): void {
  cudaIndex();
  native.cudaEmptyCache();
}

/** Free and total bytes of a device, whoever uses them; mirrors `torch.cuda.mem_get_info`. */
export function memGetInfo(which?: CudaDeviceLike): [free: number, total: number] {
  return native.cudaMemGetInfo(cudaIndex(which));
}
