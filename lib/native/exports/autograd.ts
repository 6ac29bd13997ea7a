import type { Tensor } from '../tensor.js';

declare const hookBrand: unique symbol;
/** A hook on gradients; opaque to JavaScript. */
export interface NativeHook {
  readonly [hookBrand]: true;
}

/** What one `forward` of an `autograd.Function` gave, and said of it. */
export interface AppliedForward {
  readonly outputs: readonly Tensor[];
  readonly saved: readonly (Tensor | null)[];
  readonly dirty: readonly Tensor[];
  readonly nonDifferentiable: readonly Tensor[];
  readonly materializeGrads: boolean;
}

/**
 * Its `backward`: of the outputs' gradients those of the inputs.
 * @param saved - An error where a saved tensor has been changed or freed.
 */
export type AppliedBackward = (
  gradients: readonly (Tensor | null)[],
  saved: readonly (Tensor | null)[] | Error,
  needed: readonly boolean[],
) => readonly (Tensor | null)[];

type Gradients = readonly (Tensor | null | undefined)[];

/** Autograd: modes, backward passes, and JavaScript in them. */
export interface AutogradExports {
  isGradEnabled(): boolean;
  setGradEnabled(enabled: boolean): boolean;
  isInferenceMode(): boolean;
  inferenceMode<T>(enabled: boolean, work: () => T): T;
  /** @returns What it was. */
  setAnomaly(enabled?: boolean, checkNan?: boolean): [enabled: boolean, checkNan: boolean];
  backward(
    tensors: readonly Tensor[],
    gradients: Gradients,
    retainGraph: boolean | undefined,
    createGraph: boolean,
    inputs: readonly Tensor[] | undefined,
  ): void;
  gradients(
    outputs: readonly Tensor[],
    gradients: Gradients,
    retainGraph: boolean | undefined,
    createGraph: boolean,
    inputs: readonly Tensor[],
    allowUnused: boolean,
  ): (Tensor | null)[];
  registerHook(tensor: Tensor, hook: (gradient: Tensor) => unknown): NativeHook;
  registerAccumulatedHook(tensor: Tensor, hook: (tensor: Tensor) => void): NativeHook;
  removeGradientHook(hook: NativeHook): void;
  hasGradientHooks(leaf: Tensor): boolean;
  /** @param forward - Called once, at once, without gradients. */
  applyFunction(
    name: string,
    inputs: readonly Tensor[],
    forward: () => AppliedForward,
    backward: AppliedBackward,
  ): Tensor[];
  sinkResults(results: readonly Tensor[]): Tensor[];
  unknownLeaves(result: Tensor, known: readonly Tensor[]): number[][];
  renewAccumulators(parameters: readonly Tensor[]): void;
}
