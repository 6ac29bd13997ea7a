import type { DType } from '../native/dtype.js';

const oldNames: Partial<Record<DType, string>> = {
  float16: 'Half',
  bfloat16: 'BFloat16',
  float32: 'Float',
  float64: 'Double',
  uint8: 'Byte',
  int8: 'Char',
  int16: 'Short',
  int32: 'Int',
  int64: 'Long',
  complex64: 'ComplexFloat',
  complex128: 'ComplexDouble',
};

/** What PyTorch's old classes of tensors called a dtype: `'Float'` of `FloatTensor`. */
export const oldName = (dtype: DType): string =>
  // UInt16, Float8_e5m2, Bool.
  oldNames[dtype] ?? dtype.replace(/^uint/, 'UInt').replace(/^[a-z]/, (a) => a.toUpperCase());
