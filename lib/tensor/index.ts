// The families extend the class when they are loaded: importing the room loads them all.
import './arithmetic.js';
import './comparison.js';
import './conversion.js';
import './indexing.js';
import './inPlace.js';
import './pointwise.js';
import './reduction.js';
import './shaping.js';
import './strict.js';
import './values.js';

export type { Tolerance } from './comparison.js';
export type { Nested } from './conversion.js';
export * from './creation/index.js';
export * from './functions.js';
export type { Index, Slice } from './indexing.js';
export type { RandomOptions } from './inPlace.js';
export type { AlongOptions, ReductionOptions } from './reduction.js';
export { type Operand, Tensor } from './tensor.js';
