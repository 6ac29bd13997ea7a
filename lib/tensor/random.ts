import type { Generator } from '../context/random.js';
import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

/** Where random numbers come from. Default: the default generator. */
export interface RandomOptions {
  /** Where numbers are drawn from. Default: the default generator. */
  generator?: Generator | undefined;
}

type Between = (this: Tensor, from?: number, to?: number, options?: RandomOptions) => Tensor;
type Spread = (this: Tensor, mean?: number, std?: number, options?: RandomOptions) => Tensor;
interface Integers {
  (this: Tensor, options?: RandomOptions): Tensor;
  (this: Tensor, to: number, options?: RandomOptions): Tensor;
  (this: Tensor, from: number, to?: number | null, options?: RandomOptions): Tensor;
}
interface Bernoulli {
  (this: Tensor, options?: RandomOptions): Tensor;
  (this: Tensor, p: number, options?: RandomOptions): Tensor;
}

/** Random numbers: drawn by the elements, or in their place; the shape stays unless said otherwise. */
export const random = {
  /**
   * Ones with each element (or `p`) as their probability, zeros elsewhere.
   *
   * @example
   * torch.tensor([0, 1, 1]).bernoulli(); // → tensor([0., 1., 1.])
   */
  bernoulli: method<Bernoulli>('bernoulli', 'bernoulli.p'),
  /**
   * `numSamples` indices of each row, drawn with the elements as weights.
   *
   * @example
   * torch.tensor([[0, 1, 0], [3, 0, 0]]).multinomial(1); // → tensor([[1], [0]])
   * torch.tensor([1, 1, 0]).multinomial(2).sort()[0]; // → tensor([0, 1])
   */
  multinomial:
    method<
      (this: Tensor, numSamples: number, replacement?: boolean, options?: RandomOptions) => Tensor
    >('multinomial'),
  /** Fills with numbers drawn evenly from `[from, to)`. Default: `[0, 1)`. */
  uniform_: method<Between>('uniform_'),
  /** Fills with numbers of the normal distribution. Default: mean 0, deviation 1. */
  normal_: method<Spread>('normal_'),
  /** Fills with numbers whose logarithms are of the normal distribution. Default: mean 1, deviation 2. */
  logNormal_: method<Spread>('log_normal_'),
  /** Fills with ones of probability `p`, zeros elsewhere. Default ½. */
  bernoulli_: method<(this: Tensor, p?: number | Tensor, options?: RandomOptions) => Tensor>(
    'bernoulli_.float',
    'bernoulli_.Tensor',
  ),
  /** Fills with numbers of the Cauchy distribution. Default: median 0, width 1. */
  cauchy_:
    method<(this: Tensor, median?: number, sigma?: number, options?: RandomOptions) => Tensor>(
      'cauchy_',
    ),
  /** Fills with numbers of the exponential distribution of that rate. Default 1. */
  exponential_:
    method<(this: Tensor, lambd?: number, options?: RandomOptions) => Tensor>('exponential_'),
  /** Fills with numbers of the geometric distribution. */
  geometric_: method<(this: Tensor, p: number, options?: RandomOptions) => Tensor>('geometric_'),
  /** Fills with integers drawn evenly from `[from, to)`, or from all that the dtype holds exactly. */
  random_: method<Integers>('random_', 'random_.to', 'random_.from'),
};

export type RandomMethods = typeof random;
declare module '../native/tensor.js' {
  interface Tensor extends RandomMethods {}
}
extendTensor(random);
