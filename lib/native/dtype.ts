/** PyTorch's names of element types; each is exported as a constant too (`torch.float32`). */
export type DType =
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'uint64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'float8_e4m3fn'
  | 'float8_e4m3fnuz'
  | 'float8_e5m2'
  | 'float8_e5m2fnuz'
  | 'float8_e8m0fnu'
  | 'complex64'
  | 'complex128'
  | 'bool';

export const uint8 = 'uint8';
export const uint16 = 'uint16';
export const uint32 = 'uint32';
export const uint64 = 'uint64';
export const int8 = 'int8';
export const int16 = 'int16';
export const int32 = 'int32';
export const int64 = 'int64';
/** Python's alias of `int64`. */
export const long = 'int64';
export const float16 = 'float16';
export const half = 'float16';
export const bfloat16 = 'bfloat16';
export const float32 = 'float32';
export const float = 'float32';
export const float64 = 'float64';
export const double = 'float64';
// Five kinds of eight bits each, for storing and converting: libtorch has few operators for them.
export const float8_e4m3fn = 'float8_e4m3fn';
export const float8_e4m3fnuz = 'float8_e4m3fnuz';
export const float8_e5m2 = 'float8_e5m2';
export const float8_e5m2fnuz = 'float8_e5m2fnuz';
export const float8_e8m0fnu = 'float8_e8m0fnu';
export const complex64 = 'complex64';
export const cfloat = 'complex64';
export const complex128 = 'complex128';
export const cdouble = 'complex128';
export const bool = 'bool';
