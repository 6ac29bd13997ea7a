import type { DType } from '../../native/dtype.js';

/** The names of PyTorch's storages of one dtype, by the dtype. Newer dtypes have none: bytes stand for them. */
export const storageNames: ReadonlyMap<DType, string> = new Map([
  ['float64', 'DoubleStorage'],
  ['float32', 'FloatStorage'],
  ['float16', 'HalfStorage'],
  ['bfloat16', 'BFloat16Storage'],
  ['int64', 'LongStorage'],
  ['int32', 'IntStorage'],
  ['int16', 'ShortStorage'],
  ['int8', 'CharStorage'],
  ['uint8', 'ByteStorage'],
  ['bool', 'BoolStorage'],
  ['complex64', 'ComplexFloatStorage'],
  ['complex128', 'ComplexDoubleStorage'],
]);

/** A storage without a dtype of its own. */
const untypedStorage = 'torch.storage.UntypedStorage';

/** The dtypes by the full names of their storages. */
export const storageDTypes: ReadonlyMap<string, DType> = new Map([
  ...[...storageNames].map(([dtype, name]) => [`torch.${name}`, dtype] as const),
  [untypedStorage, 'uint8'],
]);
