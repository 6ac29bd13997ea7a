import { create } from '@bufbuild/protobuf';

import type { DType } from '../../dtype.js';
import { bind } from '../../ops.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  TensorProto_DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.js';
import type { Size } from './trace.js';

const { FLOAT, INT, INTS, STRING } = AttributeProto_AttributeType;

/** ONNX's numbers for dtypes. */
export const dataType: Readonly<Record<DType, TensorProto_DataType>> = {
  uint8: TensorProto_DataType.UINT8,
  int8: TensorProto_DataType.INT8,
  int16: TensorProto_DataType.INT16,
  int32: TensorProto_DataType.INT32,
  int64: TensorProto_DataType.INT64,
  float16: TensorProto_DataType.FLOAT16,
  bfloat16: TensorProto_DataType.BFLOAT16,
  float32: TensorProto_DataType.FLOAT,
  float64: TensorProto_DataType.DOUBLE,
  bool: TensorProto_DataType.BOOL,
};

/** A number that ONNX wants as FLOAT even when it is whole. */
export class Float {
  readonly value: number;

  constructor(value: number) {
    this.value = value;
  }
}

/** Attributes of a node; plain numbers are INT. */
export type Attributes = Readonly<
  Record<string, number | readonly number[] | boolean | string | Float | undefined>
>;

export function attributesProto(attributes: Attributes): AttributeProto[] {
  return Object.entries(attributes).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return create(AttributeProtoSchema, { name, ...attributeValue(value) });
  });
}

function attributeValue(value: NonNullable<Attributes[string]>) {
  if (value instanceof Float) return { type: FLOAT, f: value.value };
  if (typeof value === 'string') return { type: STRING, s: new TextEncoder().encode(value) };
  if (typeof value === 'object') return { type: INTS, ints: value.map((each) => BigInt(each)) };
  return { type: INT, i: BigInt(value) };
}

/** An input or output; sizes that follow the batch are named after it. */
export function valueInfo(name: string, dtype: DType, shape: readonly Size[]): ValueInfoProto {
  const dim = shape.map((size) =>
    typeof size === 'number'
      ? { value: { case: 'dimValue' as const, value: BigInt(size) } }
      : { value: { case: 'dimParam' as const, value: String(size) } },
  );
  const tensorType = { elemType: dataType[dtype], shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: tensorType } },
  });
}

const viewAs = bind<(a: Tensor, dtype: DType) => Tensor>('view.dtype');

/** A tensor's elements as ONNX stores them: row-major, little-endian. */
export function rawBytes(source: Tensor): Uint8Array {
  const halves = source.dtype === 'float16' || source.dtype === 'bfloat16';
  const plain = source.detach().cpu().contiguous();
  const data = (halves ? viewAs(plain, 'int16') : plain).data();
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

export function numberBytes(numbers: readonly number[], dtype: DType): Uint8Array {
  return rawBytes(tensor(Float64Array.from(numbers), { dtype }));
}
