import type { DType } from '../dtype.js';
import type { Tensor } from '../tensor.js';

/** Typed arrays that libtorch has a dtype for. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Typed arrays in and out, and batches. */
export interface DataExports {
  dataAddress(tensor: Tensor): bigint;
  fromData(data: TypedArray, shape: readonly number[], dtype: DType): Tensor;
  fromBytes(data: Uint8Array | Uint8ClampedArray, shape: readonly number[]): Tensor;
  toData(tensor: Tensor): TypedArray;
  resizeBytes(images: Tensor, height: number, width: number, isDownFirst: boolean): Tensor;
  resizeWeights(from: number, to: number): Tensor;
  gather(images: Tensor, indices: Tensor, table: Tensor): Tensor;
}
