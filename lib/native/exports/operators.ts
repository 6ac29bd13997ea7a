import type { ErrorCode } from '../../error.js';

import type { Tensor } from '../tensor.js';

// biome-ignore lint/suspicious/noExplicitAny: an operator's signature is known where it is bound
export type NativeFunction = (...args: any[]) => any;

/** What a text of libtorch's becomes as an error. */
export interface JudgedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly asked?: number;
  readonly free?: number;
  readonly total?: number;
}

/** Of the same parameters, one after another; no largest second moments where they are not kept. */
export type AdamLists = readonly [
  params: readonly Tensor[],
  grads: readonly Tensor[],
  expAvgs: readonly Tensor[],
  expAvgSqs: readonly Tensor[],
  maxExpAvgSqs: readonly Tensor[],
  steps: readonly Tensor[],
];

/** Operators, and what is said of them. */
export interface OperatorExports {
  /** What operators take in a tensor's place, found at once; any other value as it is. Not to be kept. */
  handleOf(value: unknown): unknown;
  bind(name: string): NativeFunction;
  bindMethod(overloads: readonly string[]): NativeFunction;
  /** A method whose list is given by its elements. */
  bindSeveral(overloads: readonly string[]): NativeFunction;
  bindFunction(overloads: readonly string[]): NativeFunction;
  resolve(name: string): NativeFunction;
  overloads(name: string): string[];
  schema(name: string): string;
  incrementVersions(tensors: readonly Tensor[]): void;
  stepAdam(
    ...args: [
      ...lists: AdamLists,
      rate: number | Tensor,
      beta1: number,
      beta2: number,
      weightDecay: number,
      eps: number,
      amsgrad: boolean,
      maximize: boolean,
      decoupled: boolean,
    ]
  ): number[];
  judgeError(text: string, device?: string): JudgedError;
}
