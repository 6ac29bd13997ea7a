import { atMost } from '../argument/atMost.js';
import { type DeviceLike, requireDevice } from '../context/device.js';
import { runSynchronously } from '../context/synchronous.js';
import { invalidArgument } from '../error.js';
import type { CudaDeviceProperties } from '../native/exports/cuda.js';
import { native, whyNoCuda } from '../native/load.js';

/** A CUDA device: `torch.device`, its name, or its number. */
export type CudaDeviceLike = DeviceLike | number;

/**
 * The number of a CUDA device that is there; without one, the current device's.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`, saying what is missing or how many devices there are.
 * @throws {TypeError} `ERR_INVALID_ARG` for another kind of device.
 */
export function cudaIndex(which?: CudaDeviceLike | null): number {
  if (typeof which === 'number') {
    if (!Number.isInteger(which) || which < 0 || which > 999) {
      throw invalidArgument(`cuda: expected the number of a device ≥ 0, got ${which}`);
    }
    return requireDevice(`cuda:${which}`).index as number;
  }
  const wanted = requireDevice(which ?? 'cuda');
  if (wanted.type !== 'cuda') throw invalidArgument(`cuda: expected a CUDA device, got ${wanted}`);
  return wanted.index ?? native.cudaCurrentDevice();
}

/**
 * Whether tensors can be put on a GPU: a driver, a device and libtorch's CUDA libraries are there.
 *
 * @example
 * const device = torch.cuda.isAvailable() ? 'cuda' : 'cpu';
 * torch.zeros(2, { device }).deviceName.startsWith(device); // → true
 */
export function isAvailable(): boolean {
  atMost('isAvailable', 0, arguments.length);
  return whyNoCuda() === undefined;
}

/**
 * How many CUDA devices there are; 0 where CUDA is not available.
 *
 * @example
 * torch.cuda.deviceCount() > 0 === torch.cuda.isAvailable(); // → true
 */
export function deviceCount(): number {
  atMost('deviceCount', 0, arguments.length);
  return native.cudaDeviceCount();
}

/**
 * What the driver says of a device: name, compute capability, memory in bytes, multiprocessors.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` without CUDA, saying what is missing.
 * @example compile
 * const { name, totalMemory } = torch.cuda.getDeviceProperties(0);
 * console.log(`${name}, ${totalMemory / 2 ** 30} GiB`);
 */
export function getDeviceProperties(which?: CudaDeviceLike): CudaDeviceProperties {
  atMost('getDeviceProperties', 1, arguments.length);
  return native.cudaDeviceProperties(cudaIndex(which));
}

/**
 * The name that the driver gives a device.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.getDeviceName(); // such as 'NVIDIA H200'
 */
export function getDeviceName(which?: CudaDeviceLike): string {
  atMost('getDeviceName', 1, arguments.length);
  return getDeviceProperties(which).name;
}

/**
 * Compute capability of a device, `[9, 0]`.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * const [major] = torch.cuda.getDeviceCapability('cuda:0');
 * const hasBfloat16 = major >= 8;
 */
export function getDeviceCapability(which?: CudaDeviceLike): [major: number, minor: number] {
  atMost('getDeviceCapability', 1, arguments.length);
  const { major, minor } = getDeviceProperties(which);
  return [major, minor];
}

/**
 * Number of the device that `'cuda'` stands for.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.device(1, () => torch.cuda.currentDevice()); // 1
 */
export function currentDevice(): number {
  atMost('currentDevice', 0, arguments.length);
  return cudaIndex();
}

/**
 * Makes a device the one that `'cuda'` stands for in this thread.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * torch.cuda.setDevice(1);
 * torch.zeros(2, { device: 'cuda' }).deviceName; // 'cuda:1'
 */
export function setDevice(which: CudaDeviceLike): void {
  atMost('setDevice', 1, arguments.length);
  native.cudaSetDevice(cudaIndex(which));
}

/**
 * Waits, blocking, until a device has done all that it was given.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 * @example compile
 * const start = performance.now();
 * net.forward(images.to('cuda'));
 * torch.cuda.synchronize(); // without it, the time of asking alone
 * console.log(performance.now() - start);
 */
export function synchronize(which?: CudaDeviceLike): void {
  atMost('synchronize', 1, arguments.length);
  native.cudaSynchronize(cudaIndex(which));
}

/** What other tasks would do with the device or stream of a function that waits. */
export const sharedPlace = 'they would use this device and stream too';

/**
 * Runs a synchronous function with another current device; mirrors `with torch.cuda.device(i)`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a device that is no GPU.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`; `ERR_ASYNC_NO_GRAD` when `fn` returns a promise.
 * @example compile
 * const x = torch.cuda.device(1, () => torch.zeros(2, { device: 'cuda' }));
 * x.deviceName; // 'cuda:1'
 */
export function device<T>(which: CudaDeviceLike, fn: () => T): T {
  atMost('device', 2, arguments.length);
  const index = cudaIndex(which);
  const before = native.cudaCurrentDevice();
  native.cudaSetDevice(index);
  return runSynchronously('cuda.device', sharedPlace, fn, () => native.cudaSetDevice(before));
}
