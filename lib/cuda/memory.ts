import { atMost } from '../argument/atMost.js';
import { native } from '../native/load.js';
import { type CudaDeviceLike, cudaIndex } from './device.js';

/**
 * Bytes of a device that tensors take now; mirrors `torch.cuda.memory_allocated`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * const before = torch.cuda.memoryAllocated();
 * const x = torch.zeros(256, { device: 'cuda' });
 * torch.cuda.memoryAllocated() - before; // 1024 bytes
 */
export function memoryAllocated(which?: CudaDeviceLike): number {
  atMost('memoryAllocated', 1, arguments.length);
  return native.cudaMemoryStats(cudaIndex(which)).allocated;
}

/**
 * Bytes of a device that libtorch holds, in use or not; mirrors `torch.cuda.memory_reserved`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.memoryReserved() >= torch.cuda.memoryAllocated(); // true: kept for the next tensors
 */
export function memoryReserved(which?: CudaDeviceLike): number {
  atMost('memoryReserved', 1, arguments.length);
  return native.cudaMemoryStats(cudaIndex(which)).reserved;
}

/**
 * Most bytes that tensors took since the start or {@link resetPeakMemoryStats}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.resetPeakMemoryStats();
 * net.forward(images.to('cuda'));
 * console.log(torch.cuda.maxMemoryAllocated() / 2 ** 20, 'MiB');
 */
export function maxMemoryAllocated(which?: CudaDeviceLike): number {
  atMost('maxMemoryAllocated', 1, arguments.length);
  return native.cudaMemoryStats(cudaIndex(which)).maxAllocated;
}

/**
 * Most bytes that libtorch held since the start or {@link resetPeakMemoryStats}.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.maxMemoryReserved('cuda:0') >= torch.cuda.maxMemoryAllocated('cuda:0'); // true
 */
export function maxMemoryReserved(which?: CudaDeviceLike): number {
  atMost('maxMemoryReserved', 1, arguments.length);
  return native.cudaMemoryStats(cudaIndex(which)).maxReserved;
}

/**
 * Lets {@link maxMemoryAllocated} begin anew; mirrors `torch.cuda.reset_peak_memory_stats`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.resetPeakMemoryStats();
 * torch.cuda.maxMemoryAllocated() === torch.cuda.memoryAllocated(); // true
 */
export function resetPeakMemoryStats(which?: CudaDeviceLike): void {
  atMost('resetPeakMemoryStats', 1, arguments.length);
  native.cudaResetPeakStats(cudaIndex(which));
}

/**
 * Gives memory that no tensor takes back to the device; mirrors `torch.cuda.empty_cache`.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.zeros(1 << 20, { device: 'cuda' }).dispose();
 * torch.cuda.emptyCache(); // other processes can have the 4 MiB
 */
export function emptyCache(): void {
  atMost('emptyCache', 0, arguments.length);
  cudaIndex();
  native.cudaEmptyCache();
}

/**
 * Free and total bytes of a device, whoever uses them; mirrors `torch.cuda.mem_get_info`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * const [free, total] = torch.cuda.memGetInfo();
 * console.log(`${Math.round((100 * free) / total)} % free`);
 */
export function memGetInfo(which?: CudaDeviceLike): [free: number, total: number] {
  atMost('memGetInfo', 1, arguments.length);
  return native.cudaMemGetInfo(cudaIndex(which));
}
