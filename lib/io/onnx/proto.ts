import { create } from '@bufbuild/protobuf';

import type { DType } from '../../native/dtype.js';
import { bytesOf } from '../../tensor/bytes.js';
import { type Tensor, tensor } from '../../tensor/index.js';
import {
  type AttributeProto,
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  TensorProto_DataType,
  type ValueInfoProto,
  ValueInfoProtoSchema,
} from './onnx_pb.js';
import { refuse } from './refusal.js';
import type { Size } from './trace.js';

const { FLOAT, INT, INTS, STRING } = AttributeProto_AttributeType;

// Eight-bit floats came after opset 18; complex numbers no runtime takes.
const dataTypes: Readonly<Partial<Record<DType, TensorProto_DataType>>> = {
  uint8: TensorProto_DataType.UINT8,
  uint16: TensorProto_DataType.UINT16,
  uint32: TensorProto_DataType.UINT32,
  uint64: TensorProto_DataType.UINT64,
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

/** ONNX's number for a dtype. @throws {TorchError} `ERR_ONNX_UNSUPPORTED` */
export function dataType(dtype: DType): TensorProto_DataType {
  return dataTypes[dtype] ?? refuse(`tensors of ${dtype} are not supported`);
}

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
  const tensorType = { elemType: dataType(dtype), shape: { dim } };
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: 'tensorType', value: tensorType } },
  });
}

/** A tensor's elements as ONNX stores them: row-major, little-endian. */
export function rawBytes(source: Tensor): Uint8Array {
  const bytes = bytesOf(source);
  try {
    return bytes.data() as Uint8Array;
  } finally {
    bytes.dispose();
  }
}

export function numberBytes(numbers: readonly number[], dtype: DType): Uint8Array {
  return rawBytes(tensor(Float64Array.from(numbers), { dtype }));
}
