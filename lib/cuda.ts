import { type DeviceLike, requireDevice } from './device.js';
import { native, whyNoCuda } from './native.js';

function indexOf(which: DeviceLike | number | undefined): number | undefined {
  if (which === undefined || typeof which === 'number') return which;
  return requireDevice(which).index ?? native.cudaCurrentDevice();
}

function requireCuda(): void {
  requireDevice('cuda');
}

/** CUDA devices; mirrors `torch.cuda`. */
export const cuda = {
  /** Whether tensors can be put on a GPU: a driver, a device and libtorch's CUDA libraries are there. */
  isAvailable(): boolean {
    return whyNoCuda() === undefined;
  },

  /** How many CUDA devices there are; 0 where CUDA is not available. */
  deviceCount(): number {
    return native.cudaDeviceCount();
  },

  /**
   * The name that the driver gives a device.
   * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` without CUDA, saying what is missing.
   */
  getDeviceName(which?: DeviceLike | number): string {
    requireCuda();
    return native.cudaDeviceName(indexOf(which) ?? native.cudaCurrentDevice());
  },

  /** Number of the device that `'cuda'` stands for. */
  currentDevice(): number {
    requireCuda();
    return native.cudaCurrentDevice();
  },

  /** Makes a device the one that `'cuda'` stands for. */
  setDevice(which: DeviceLike | number): void {
    requireCuda();
    native.cudaSetDevice(indexOf(which) as number);
  },

  /** Waits, blocking, until a device has done all that it was given. */
  synchronize(which?: DeviceLike | number): void {
    requireCuda();
    native.cudaSynchronize(indexOf(which));
  },
};
