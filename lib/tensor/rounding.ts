import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

/** Bounds of each element, by name or in order; one of them may be left out. */
export interface Clamp {
  (this: Tensor, options: Bounds): Tensor;
  (this: Tensor, min: Bound | null, max?: Bound | null): Tensor;
}
type Bound = number | Tensor;
export interface Bounds {
  /** Default: elements are not limited below. */
  min?: Bound;
  /** Default: elements are not limited above. */
  max?: Bound;
}
export interface Replacements {
  /** In place of NaN. Default 0. */
  nan?: number;
  /** In place of ∞. Default: the dtype's largest number. */
  posinf?: number;
  /** In place of −∞. Default: the dtype's smallest number. */
  neginf?: number;
}
export interface NanToNum {
  (this: Tensor, options?: Replacements): Tensor;
  (this: Tensor, nan: number | null, posinf?: number | null, neginf?: number | null): Tensor;
}

export interface Digits {
  /** Digits after the point. Default 0. */
  decimals?: number;
}

/** Rounding and limits, element by element; results have the tensor's shape, broadcast with bounds that are tensors. */
export const rounding = {
  /**
   * The largest integer that is not above.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).floor(); // → tensor([-2., 1.])
   */
  floor: method('floor'),
  /**
   * The smallest integer that is not below.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).ceil(); // → tensor([-1., 2.])
   */
  ceil: method('ceil'),
  /**
   * To the nearest integer, halves to even, or to decimals.
   *
   * @example
   * torch.tensor([0.5, 1.5, 2.4]).round(); // → tensor([0., 2., 2.])
   */
  round: method<(this: Tensor, options?: Digits) => Tensor>('round', 'round.decimals'),
  /**
   * Towards zero.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).trunc(); // → tensor([-1., 1.])
   */
  trunc: method('trunc'),
  /**
   * As {@link trunc}.
   *
   * @example
   * torch.tensor([-1.5, 1.5]).fix(); // → tensor([-1., 1.])
   */
  fix: method('fix'),
  /**
   * `x − trunc(x)`
   *
   * @example
   * torch.tensor([-1.25, 2.5]).frac(); // → tensor([-0.2500, 0.5000])
   */
  frac: method('frac'),
  /**
   * Limits elements to `[min, max]`; a missing bound does not limit.
   *
   * @example
   * torch.tensor([-2, 0.5, 3]).clamp(0, 1); // → tensor([0.0000, 0.5000, 1.0000])
   */
  clamp: method<Clamp>('clamp', 'clamp.Tensor'),
  /**
   * As {@link clamp}.
   *
   * @example
   * torch.tensor([-2, 0, 3]).clip({ max: 1 }); // → tensor([-2., 0., 1.])
   */
  clip: method<Clamp>('clip', 'clip.Tensor'),
  /**
   * Limits elements from below.
   *
   * @example
   * torch.tensor([-2, 0, 3]).clampMin(0); // → tensor([0., 0., 3.])
   */
  clampMin: method<(this: Tensor, min: Bound) => Tensor>('clamp_min', 'clamp_min.Tensor'),
  /**
   * Limits elements from above.
   *
   * @example
   * torch.tensor([-2, 0, 3]).clampMax(1); // → tensor([-2., 0., 1.])
   */
  clampMax: method<(this: Tensor, max: Bound) => Tensor>('clamp_max', 'clamp_max.Tensor'),
  /**
   * NaN, ∞ and −∞ replaced. Default: by 0, and by the dtype's largest and smallest number.
   *
   * @example
   * torch.tensor([NaN, 1]).nanToNum(); // → tensor([0., 1.])
   */
  nanToNum: method<NanToNum>('nan_to_num'),
};

export type Rounding = typeof rounding;
declare module '../native/tensor.js' {
  interface Tensor extends Rounding {}
}
extendTensor(rounding);
