import { type NativeGenerator, native } from './native.js';
import type { Tensor } from './tensor/tensor.js';

/** A source of random numbers on the CPU; mirrors `torch.Generator`. */
export class Generator {
  // The object is the native generator itself, so that operators take it as it is.
  constructor(generator: NativeGenerator = native.newGenerator()) {
    // biome-ignore lint/correctness/noConstructorReturn: the wrapped object has to be made natively
    return Object.setPrototypeOf(generator, new.target.prototype) as Generator;
  }

  /**
   * Starts the sequence that `seed` stands for.
   * @param seed - Integer of 64 bits; a bigint beyond 2^53.
   * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
   */
  manualSeed(seed: number | bigint): this {
    native.seedGenerator(asNative(this), seed);
    return this;
  }

  /** The seed of the current sequence. */
  initialSeed(): bigint {
    return native.initialSeed(asNative(this));
  }

  /** The whole state, a uint8 tensor of 5056 bytes as in Python. */
  getState(): Tensor {
    return native.generatorState(asNative(this));
  }

  /** Puts the generator back into a state that {@link getState} gave. */
  setState(state: Tensor): this {
    native.setGeneratorState(asNative(this), state);
    return this;
  }
}

function asNative(generator: Generator): NativeGenerator {
  return generator as unknown as NativeGenerator;
}

/** The generator of every operator that is given none; shared by all threads of the process. */
export const defaultGenerator: Generator = new Generator(native.defaultGenerator());

/**
 * Seeds the default generator of every device; mirrors `torch.manual_seed`.
 *
 * @param seed - Integer of 64 bits; a bigint beyond 2^53.
 * @throws {TypeError} `ERR_INVALID_ARG` for anything else.
 */
export function manualSeed(seed: number | bigint): Generator {
  native.manualSeed(seed);
  return defaultGenerator;
}

/** The default generator's state; mirrors `torch.get_rng_state`. */
export function getRngState(): Tensor {
  return defaultGenerator.getState();
}

/** Puts the default generator back into a state; mirrors `torch.set_rng_state`. */
export function setRngState(state: Tensor): void {
  defaultGenerator.setState(state);
}
