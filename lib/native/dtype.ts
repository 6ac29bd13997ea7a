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

/** Integers of 0–255; what images are of. */
export const uint8 = 'uint8';
/** Integers of 0–65,535; for storing, few operators compute with them. */
export const uint16 = 'uint16';
/** Integers below 2 ** 32; for storing, few operators compute with them. */
export const uint32 = 'uint32';
/** Integers below 2 ** 64; for storing, few operators compute with them. */
export const uint64 = 'uint64';
/** Integers of −128–127. */
export const int8 = 'int8';
/** Integers of 16 bits. */
export const int16 = 'int16';
/** Integers of 32 bits. */
export const int32 = 'int32';
/** Integers of 64 bits: labels, indices, and what bigints make. `item()` gives a number where that is exact, else a bigint. */
export const int64 = 'int64';
/** Python's alias of `int64`. */
export const long = 'int64';
/** Floating point of 16 bits: 11 of precision, up to 65,504. */
export const float16 = 'float16';
/** Python's alias of `float16`. */
export const half = 'float16';
/** Floating point of 16 bits: 8 of precision, float32's range. */
export const bfloat16 = 'bfloat16';
/** Floating point of 32 bits: what JavaScript numbers make, and parameters are of. */
export const float32 = 'float32';
/** Python's alias of `float32`. */
export const float = 'float32';
/** Floating point of 64 bits, JavaScript's own. */
export const float64 = 'float64';
/** Python's alias of `float64`. */
export const double = 'float64';
// Five kinds of eight bits each, for storing and converting: libtorch has few operators for them.
/** Eight bits: 4 of exponent, 3 of mantissa, no infinities. */
export const float8_e4m3fn = 'float8_e4m3fn';
/** The same without a negative zero. */
export const float8_e4m3fnuz = 'float8_e4m3fnuz';
/** Eight bits: 5 of exponent, 2 of mantissa. */
export const float8_e5m2 = 'float8_e5m2';
/** The same without infinities and a negative zero. */
export const float8_e5m2fnuz = 'float8_e5m2fnuz';
/** Eight bits of exponent alone: powers of two, for scales. */
export const float8_e8m0fnu = 'float8_e8m0fnu';
/** Two float32 each. */
export const complex64 = 'complex64';
/** Python's alias of `complex64`. */
export const cfloat = 'complex64';
/** Two float64 each. */
export const complex128 = 'complex128';
/** Python's alias of `complex128`. */
export const cdouble = 'complex128';
/** True or false; masks are of it. */
export const bool = 'bool';
