import { inspect } from 'node:util';

import { atMost } from '../argument/atMost.js';
import { describe } from '../argument/describe.js';
import { flag } from '../argument/kind.js';
import { invalidArgument } from '../error.js';
import type { AppliedForward } from '../native/exports/autograd.js';
import { Tensor } from '../tensor/index.js';

type Saved = readonly (Tensor | null)[];

function requireTensors(what: string, given: readonly unknown[], mayBeNull = false): void {
  for (const each of given) {
    if (each instanceof Tensor || (mayBeNull && each === null)) continue;
    throw invalidArgument(
      `${what}: expected Tensors${mayBeNull ? ' or null' : ''}, got ${describe(each)}`,
    );
  }
}

/**
 * What one application of a {@link Function} keeps from `forward` to `backward`; mirrors
 * `torch.autograd.function.FunctionCtx`. Anything else that `backward` needs can be put into fields of its own; a tensor
 * there belongs to its scope as anywhere, and is released with it.
 */
export interface FunctionContext {
  // biome-ignore lint/suspicious/noExplicitAny: a Function's own fields, as in Python
  [field: string]: any;

  /** For each argument of `forward`, whether it is a tensor whose gradient is wanted. */
  readonly needsInputGrad: readonly boolean[];

  /**
   * What was saved, in `backward`.
   * @throws {TorchError} `ERR_LIBTORCH` where a tensor has been changed in place since, or the graph has been freed.
   * @throws {TypeError} `ERR_INVALID_ARG` outside `backward`.
   */
  readonly savedTensors: Saved;

  /**
   * Saves tensors for `backward`, as long as the graph is there, whatever scopes release; to be called once. `null` may
   * stand among them.
   */
  saveForBackward(...tensors: (Tensor | null)[]): void;

  /** Says of inputs that `forward` has changed them in place: it has to return them too. */
  markDirty(...tensors: Tensor[]): void;

  /** Says of outputs that they have no gradients. Those of integers have none anyway. */
  markNonDifferentiable(...tensors: Tensor[]): void;

  /** Whether `backward` gets zeros, and not `null`, for outputs that nothing came of. Default true. */
  setMaterializeGrads(value: boolean): void;
}

/** The context of one application. */
export class AppliedContext implements FunctionContext {
  // biome-ignore lint/suspicious/noExplicitAny: a Function's own fields, as in Python
  [field: string]: any;

  #saved: Saved = [];
  #dirty: readonly Tensor[] = [];
  #nonDifferentiable: readonly Tensor[] = [];
  #materializeGrads = true;
  #needsInputGrad: readonly boolean[];
  // In backward: what was saved, or why it cannot be had.
  #unpacked: Saved | Error | undefined;

  constructor(needsInputGrad: readonly boolean[]) {
    this.#needsInputGrad = needsInputGrad;
  }

  get needsInputGrad(): readonly boolean[] {
    return this.#needsInputGrad;
  }

  saveForBackward(...tensors: (Tensor | null)[]): void {
    requireTensors('saveForBackward', tensors, true);
    this.#saved = tensors;
  }

  get savedTensors(): Saved {
    const saved = this.#unpacked;
    if (saved === undefined)
      throw invalidArgument('savedTensors: there are some in backward() only');
    if (saved instanceof Error) throw saved;
    return saved;
  }

  markDirty(...tensors: Tensor[]): void {
    requireTensors('markDirty', tensors);
    this.#dirty = tensors;
  }

  markNonDifferentiable(...tensors: Tensor[]): void {
    requireTensors('markNonDifferentiable', tensors);
    this.#nonDifferentiable = tensors;
  }

  setMaterializeGrads(value: boolean): void {
    atMost('setMaterializeGrads', 1, arguments.length);
    this.#materializeGrads = flag.read('setMaterializeGrads', value);
  }

  /** What native code is told; nothing of it is held any longer. */
  told(outputs: readonly Tensor[]): AppliedForward {
    const [saved, dirty, nonDifferentiable] = [this.#saved, this.#dirty, this.#nonDifferentiable];
    this.#saved = this.#dirty = this.#nonDifferentiable = [];
    return { outputs, saved, dirty, nonDifferentiable, materializeGrads: this.#materializeGrads };
  }

  /** Runs `backward`, while saved tensors can be had. */
  during<T>(saved: Saved | Error, needsInputGrad: readonly boolean[], work: () => T): T {
    const [before, needed] = [this.#unpacked, this.#needsInputGrad];
    this.#unpacked = saved;
    this.#needsInputGrad = needsInputGrad;
    try {
      return work();
    } finally {
      this.#unpacked = before;
      this.#needsInputGrad = needed;
    }
  }

  [inspect.custom](): string {
    return 'FunctionContext {}';
  }
}
