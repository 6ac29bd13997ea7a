import type { DType } from '../dtype.js';
import type { Tensor } from '../tensor.js';

/** A tensor of a recording: the same object wherever the tensor occurs. */
export interface RecordedTensor {
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** The value, where a JavaScript number was given for a tensor. */
  readonly number?: number;
  /** Tensors of one number share their elements. */
  readonly storage: number;
}

/** An argument or result of a recorded call; `null` for what is none of the others. */
export type RecordedValue =
  | RecordedTensor
  | number
  | bigint
  | boolean
  | string
  | null
  | readonly RecordedValue[];

/** One call of an operator, or (`'item'`, `'data'`) a look at a tensor's elements. */
export interface RecordedCall {
  readonly name: string;
  readonly overload: string;
  readonly arguments: Readonly<Record<string, RecordedValue>>;
  readonly results: readonly RecordedValue[];
  /** Whether gradients were being recorded. */
  readonly withGrad: boolean;
  /** Whether it changes one of its arguments. */
  readonly mutates: boolean;
}

/** What a forward pass calls, and how it is followed without computing. */
export interface RecordingExports {
  isRecording(): boolean;
  startRecording(): void;
  stopRecording(known: readonly Tensor[]): {
    calls: RecordedCall[];
    known: RecordedTensor[];
    outside: [RecordedTensor, Tensor][];
  };
  newHollow(dtype: DType, device: string): Tensor;
  resizeHollow(tensor: Tensor, shape: readonly number[]): void;
  beginFollowing(): void;
  endFollowing(): boolean;
}
