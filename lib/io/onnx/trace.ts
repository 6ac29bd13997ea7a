import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';

/** A whole number in proportion to the batch: `perImage · N`. */
export class BatchMultiple {
  readonly perImage: number;

  constructor(perImage: number) {
    this.perImage = perImage;
  }

  toString(): string {
    return this.perImage === 1 ? 'N' : `${this.perImage}·N`;
  }
}

/** Size of a dimension. */
export type Size = number | BatchMultiple;

/** A tensor of a forward pass, whatever the batch. */
export class Value {
  readonly shape: readonly Size[];
  readonly dtype: DType;
  /** Values of one number share their elements. */
  readonly storage: number;
  /** For a number that was given for a tensor. */
  readonly number: Size | undefined;
  /** The elements, where no call gives them: a parameter, a buffer, a constant. */
  readonly tensor: Tensor | undefined;
  /** The name in the state dict, where there is one. */
  readonly key: string | undefined;

  constructor(fields: Pick<Value, 'shape' | 'dtype' | 'storage' | 'number' | 'tensor' | 'key'>) {
    this.shape = fields.shape;
    this.dtype = fields.dtype;
    this.storage = fields.storage;
    this.number = fields.number;
    this.tensor = fields.tensor;
    this.key = fields.key;
  }
}

/** An argument or result of a step. */
export type Argument =
  | Value
  | Size
  | bigint
  | boolean
  | string
  | null
  | undefined
  | readonly Argument[];

/** One call of an operator. */
export interface TracedStep {
  readonly name: string;
  readonly overload: string;
  readonly arguments: Readonly<Record<string, Argument>>;
  readonly results: readonly Argument[];
}

/** What a forward pass does, whatever the batch. */
export interface Trace {
  readonly steps: readonly TracedStep[];
  readonly input: Value;
  readonly output: Value;
}
