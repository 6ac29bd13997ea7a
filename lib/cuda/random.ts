import { atMost } from '../argument/atMost.js';
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
  atMost('manualSeed', 1, arguments.length);
  generatorOf().manualSeed(seed);
}

/** Seeds the generators of all CUDA devices; mirrors `torch.cuda.manual_seed_all`. */
export function manualSeedAll(seed: number | bigint): void {
  atMost('manualSeedAll', 1, arguments.length);
  for (let index = 0; index < deviceCount(); index++) generatorOf(index).manualSeed(seed);
}

/** The seed of the current device's generator; mirrors `torch.cuda.initial_seed`. */
export function initialSeed(): bigint {
  atMost('initialSeed', 0, arguments.length);
  return generatorOf().initialSeed();
}

/** The state of a device's generator, uint8 `(16)` on the CPU; mirrors `torch.cuda.get_rng_state`. */
export function getRngState(which?: CudaDeviceLike): Tensor {
  atMost('getRngState', 1, arguments.length);
  return generatorOf(which).getState();
}

/** Puts a device's generator back into a state; mirrors `torch.cuda.set_rng_state`. */
export function setRngState(state: Tensor, which?: CudaDeviceLike): void {
  atMost('setRngState', 2, arguments.length);
  generatorOf(which).setState(state);
}
