import { atMost } from '../argument/atMost.js';
import type { NativeGenerator } from '../native/exports/random.js';
import { nextIdentity, uncloneable } from '../native/identity.js';
import { native } from '../native/load.js';
import type { Tensor } from '../native/tensor.js';
import { type Device, type DeviceLike, device as deviceOf, requireDevice } from './device.js';

/**
 * A source of random numbers on a device; mirrors `torch.Generator`.
 *
 * @throws {TorchError} `ERR_CUDA_UNAVAILABLE` for a GPU that is not there.
 * @example
 * const generator = new torch.Generator().manualSeed(0);
 * torch.rand([2], { generator }); // → tensor([0.4963, 0.7682])
 */
export class Generator {
  constructor(device: DeviceLike = 'cpu') {
    atMost('Generator', 1, arguments.length);
    // biome-ignore lint/correctness/noConstructorReturn: the wrapped object has to be made natively
    return generatorOf(native.newGenerator(indexOf(device)), new.target.prototype);
  }

  get device(): Device {
    return deviceOf(native.generatorDevice(asNative(this)));
  }

  /**
   * Starts the sequence that `seed` stands for.
   * @param seed - Integer of 64 bits; a bigint beyond 2^53.
   * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
   */
  manualSeed(seed: number | bigint): this {
    atMost('manualSeed', 1, arguments.length);
    native.seedGenerator(asNative(this), seed);
    return this;
  }

  /** The seed of the current sequence. */
  initialSeed(): bigint {
    atMost('initialSeed', 0, arguments.length);
    return native.initialSeed(asNative(this));
  }

  /** The whole state, a uint8 tensor on the CPU as in Python: 5056 bytes, of a GPU's generator 16. */
  getState(): Tensor {
    atMost('getState', 0, arguments.length);
    return native.generatorState(asNative(this));
  }

  /** Puts the generator back into a state that {@link getState} gave. */
  setState(state: Tensor): this {
    atMost('setState', 1, arguments.length);
    native.setGeneratorState(asNative(this), state);
    return this;
  }
}

function asNative(generator: Generator): NativeGenerator {
  return generator as unknown as NativeGenerator;
}

// Undefined for the CPU.
function indexOf(device: DeviceLike): number | undefined {
  const place = requireDevice(device);
  return place.type === 'cpu' ? undefined : (place.index ?? native.cudaCurrentDevice());
}

// The object is the native generator itself, so that operators take it as it is.
function generatorOf(own: NativeGenerator, prototype = Generator.prototype): Generator {
  Object.assign(own, { identity: nextIdentity(), cloning: uncloneable });
  return Object.setPrototypeOf(own, prototype) as Generator;
}

/** The generator of every operator that is given none; shared by all threads of the process. */
export const defaultGenerator: Generator = generatorOf(native.defaultGenerator());

/** The generator that operators on a device draw from which are given none. */
export function defaultGeneratorOf(device: DeviceLike): Generator {
  const index = indexOf(device);
  return index === undefined ? defaultGenerator : generatorOf(native.defaultGenerator(index));
}

/**
 * Seeds the default generator of every device; mirrors `torch.manual_seed`.
 *
 * @param seed - Integer of 64 bits; a bigint beyond 2^53.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 * @example
 * torch.manualSeed(0);
 * const first = torch.rand(2);
 * torch.manualSeed(0);
 * first.equal(torch.rand(2)); // → true
 */
export function manualSeed(seed: number | bigint): Generator {
  atMost('manualSeed', 1, arguments.length);
  native.manualSeed(seed);
  return defaultGenerator;
}

/**
 * The default generator's state, uint8 `(5056)`; mirrors `torch.get_rng_state`.
 *
 * @example
 * const state = torch.getRngState();
 * const first = torch.rand(2);
 * torch.setRngState(state);
 * torch.rand(2).equal(first); // → true
 */
export function getRngState(): Tensor {
  atMost('getRngState', 0, arguments.length);
  return defaultGenerator.getState();
}

/**
 * Puts the default generator back into a state; mirrors `torch.set_rng_state`.
 *
 * @param state - Of {@link getRngState}, uint8 `(5056)`.
 * @example
 * torch.manualSeed(0);
 * const state = torch.getRngState();
 * torch.manualSeed(1);
 * torch.setRngState(state);
 * torch.rand(2); // → tensor([0.4963, 0.7682])
 */
export function setRngState(state: Tensor): void {
  atMost('setRngState', 1, arguments.length);
  defaultGenerator.setState(state);
}
