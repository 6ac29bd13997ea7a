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
 * @example compile
 * torch.cuda.manualSeed(0);
 * const first = torch.rand(2, { device: 'cuda' });
 * torch.cuda.manualSeed(0);
 * first.equal(torch.rand(2, { device: 'cuda' })); // true
 */
export function manualSeed(seed: number | bigint): void {
  atMost('manualSeed', 1, arguments.length);
  generatorOf().manualSeed(seed);
}

/**
 * Seeds the generators of all CUDA devices; mirrors `torch.cuda.manual_seed_all`.
 *
 * @example compile
 * torch.cuda.manualSeedAll(0);
 * torch.cuda.initialSeed(); // 0n
 */
export function manualSeedAll(seed: number | bigint): void {
  atMost('manualSeedAll', 1, arguments.length);
  for (let index = 0; index < deviceCount(); index++) generatorOf(index).manualSeed(seed);
}

/**
 * The seed of the current device's generator; mirrors `torch.cuda.initial_seed`.
 *
 * @example compile
 * torch.cuda.manualSeed(7);
 * torch.cuda.initialSeed(); // 7n
 */
export function initialSeed(): bigint {
  atMost('initialSeed', 0, arguments.length);
  return generatorOf().initialSeed();
}

/**
 * The state of a device's generator, uint8 `(16)` on the CPU; mirrors `torch.cuda.get_rng_state`.
 *
 * @example compile
 * const state = torch.cuda.getRngState();
 * const first = torch.rand(2, { device: 'cuda' });
 * torch.cuda.setRngState(state);
 * first.equal(torch.rand(2, { device: 'cuda' })); // true
 */
export function getRngState(which?: CudaDeviceLike): Tensor {
  atMost('getRngState', 1, arguments.length);
  return generatorOf(which).getState();
}

/**
 * Puts a device's generator back into a state; mirrors `torch.cuda.set_rng_state`.
 *
 * @param state - Of {@link getRngState}, uint8 `(16)`.
 * @example compile
 * const state = torch.cuda.getRngState('cuda:0');
 * torch.nn.functional.dropout(torch.ones(8, { device: 'cuda:0' }));
 * torch.cuda.setRngState(state, 'cuda:0'); // as if nothing had been drawn
 */
export function setRngState(state: Tensor, which?: CudaDeviceLike): void {
  atMost('setRngState', 2, arguments.length);
  generatorOf(which).setState(state);
}
