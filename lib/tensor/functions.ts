import { bind } from '../ops.js';
import type { Operand, Tensor } from './tensor.js';

type Unary = (a: Tensor) => Tensor;
type Binary = (a: Tensor, b: Operand) => Tensor;

/** Tensors joined along an existing dimension. Default: the first. */
export const cat = bind<(tensors: readonly Tensor[], dim?: number) => Tensor>('cat');
/** Tensors of one shape joined along a new dimension. Default: the first. */
export const stack = bind<(tensors: readonly Tensor[], dim?: number) => Tensor>('stack');
export { where } from './where.js';

/** Functions that are also methods, for those who write `torch.matmul(a, b)`. */
export const matmul: Binary = (a, b) => a.matmul(b as Tensor);
export const mm: Binary = (a, b) => a.mm(b as Tensor);
export const bmm: Binary = (a, b) => a.bmm(b as Tensor);
export const add: Binary = (a, b) => a.add(b);
export const sub: Binary = (a, b) => a.sub(b);
export const mul: Binary = (a, b) => a.mul(b);
export const div: Binary = (a, b) => a.div(b);
export const pow: Binary = (a, b) => a.pow(b);
export const eq: Binary = (a, b) => a.eq(b);
export const maximum = (a: Tensor, b: Tensor): Tensor => a.maximum(b);
export const minimum = (a: Tensor, b: Tensor): Tensor => a.minimum(b);
export const abs: Unary = (a) => a.abs();
export const exp: Unary = (a) => a.exp();
export const log: Unary = (a) => a.log();
export const sqrt: Unary = (a) => a.sqrt();
export const sin: Unary = (a) => a.sin();
export const cos: Unary = (a) => a.cos();
export const tanh: Unary = (a) => a.tanh();
export const sigmoid: Unary = (a) => a.sigmoid();
export const relu: Unary = (a) => a.relu();
export const softmax = (a: Tensor, dim: number): Tensor => a.softmax(dim);
export const logSoftmax = (a: Tensor, dim: number): Tensor => a.logSoftmax(dim);
export const sum = (a: Tensor, options?: Parameters<Tensor['sum']>[0]): Tensor => a.sum(options);
export const mean = (a: Tensor, options?: Parameters<Tensor['mean']>[0]): Tensor => a.mean(options);
export const argmax = (a: Tensor, options?: Parameters<Tensor['argmax']>[0]): Tensor =>
  a.argmax(options);
export const flatten = (a: Tensor, startDim?: number, endDim?: number): Tensor =>
  a.flatten(startDim, endDim);
export const equal = (a: Tensor, b: Tensor): boolean => a.equal(b);
export const allclose = (
  a: Tensor,
  b: Tensor,
  options?: Parameters<Tensor['allclose']>[1],
): boolean => a.allclose(b, options);
