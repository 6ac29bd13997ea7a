import { defaultGeneratorOf } from '../context/random.js';
import type { Tensor } from '../native/tensor.js';
import { type CudaDeviceLike, cudaIndex, deviceCount } from './device.js';

// The generator that a device's operators draw from which are given none.
function generatorOf(which?: CudaDeviceLike) {
  return defaultGeneratorOf(`cuda:${cudaIndex(which)}`);
}

/**
 * Seeds the current device's generator; mirrors `torch.cuda.manual_seed`. `torch.manualSeed` seeds those of
 * all devices.
 *
 * @param seed - Integer of 64 bits; a bigint beyond 2^53.
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE`
 */
export function manualSeed(seed: number | bigint): void {
  generatorOf().manualSeed(seed);
}

/** Seeds the generators of all CUDA devices; mirrors `torch.cuda.manual_seed_all`. */
export function manualSeedAll(seed: number | bigint): void {
  for (let index = 0; index < deviceCount(); index++) generatorOf(index).manualSeed(seed);
}

/** The seed of the current device's generator; mirrors `torch.cuda.initial_seed`. */
export function initialSeed(): bigint {
  return generatorOf().initialSeed();
}

/** The state of a device's generator, uint8 `(16)` on the CPU; mirrors `torch.cuda.get_rng_state`. */
export function getRngState(which?: CudaDeviceLike): Tensor {
  return generatorOf(which).getState();
}

/** Puts a device's generator back into a state; mirrors `torch.cuda.set_rng_state`. */
export function setRngState(state: Tensor, which?: CudaDeviceLike): void {
  generatorOf(which).setState(state);
}
