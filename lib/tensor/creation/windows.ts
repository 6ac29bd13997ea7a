import { flag, number } from '../../argument/kind.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../tensor.js';
import { type Factory, factory, keywords, sizeKind, type TensorOptions } from './options.js';

interface Periodic {
  /** Whether the window repeats with the period `windowLength`, or is symmetric. Default true. */
  periodic?: boolean;
}

interface Window<Shape> {
  (windowLength: number, options?: TensorOptions & Periodic & Shape): Tensor;
  (windowLength: number, periodic: boolean, options?: TensorOptions & Shape): Tensor;
}

const plain = (what: string, name: string): Window<object> => {
  const op = bind<Factory>(`${name}.periodic`);
  return factory(what, { windowLength: sizeKind, periodic: flag.or(true) }, (given, made) =>
    op(given.windowLength, given.periodic, keywords(made)),
  );
};

/**
 * Bartlett window, a vector of `windowLength` elements: a triangle.
 *
 * @example
 * torch.bartlettWindow(4); // → tensor([0.0000, 0.5000, 1.0000, 0.5000])
 * torch.bartlettWindow(5, false); // → tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
 */
export const bartlettWindow = plain('bartlettWindow', 'bartlett_window');

/**
 * Blackman window, a vector of `windowLength` elements: cosines of three periods.
 *
 * @example
 * torch.blackmanWindow(4).at({ start: 1 }); // → tensor([0.3400, 1.0000, 0.3400])
 */
export const blackmanWindow = plain('blackmanWindow', 'blackman_window');

/**
 * Hann window, a vector of `windowLength` elements: one period of a cosine, 0 at its ends.
 *
 * @example
 * torch.hannWindow(4); // → tensor([0.0000, 0.5000, 1.0000, 0.5000])
 * torch.hannWindow(5, false); // → tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
 */
export const hannWindow = plain('hannWindow', 'hann_window');

const hammingOp = bind<Factory>('hamming_window.periodic_alpha_beta');
const kaiserOp = bind<Factory>('kaiser_window.beta');

interface Hamming extends Window<{ alpha?: number; beta?: number }> {
  (
    windowLength: number,
    periodic: boolean,
    alpha: number,
    beta?: number,
    options?: TensorOptions,
  ): Tensor;
}

interface Kaiser extends Window<{ beta?: number }> {
  (windowLength: number, periodic: boolean, beta: number, options?: TensorOptions): Tensor;
}

/**
 * Hamming window, a vector of `windowLength` elements: `alpha − beta cos`.
 * @param alpha - Default 0.54.
 * @param beta - Default 0.46.
 *
 * @example
 * torch.hammingWindow(4); // → tensor([0.0800, 0.5400, 1.0000, 0.5400])
 * torch.hammingWindow(4, true, 0.5, 0.5); // → tensor([0.0000, 0.5000, 1.0000, 0.5000])
 */
export const hammingWindow: Hamming = factory(
  'hammingWindow',
  {
    windowLength: sizeKind,
    periodic: flag.or(true),
    alpha: number().or(0.54),
    beta: number().or(0.46),
  },
  ({ windowLength, periodic, alpha, beta }, made) =>
    hammingOp(windowLength, periodic, alpha, beta, keywords(made)),
);

/**
 * Kaiser window, a vector of `windowLength` elements.
 * @param beta - How narrow it is. Default 12.
 *
 * @example
 * torch.kaiserWindow(3, { periodic: false, beta: 0 }); // → tensor([1., 1., 1.])
 * torch.kaiserWindow(3, { periodic: false, beta: 2 }); // → tensor([0.4387, 1.0000, 0.4387])
 */
export const kaiserWindow: Kaiser = factory(
  'kaiserWindow',
  { windowLength: sizeKind, periodic: flag.or(true), beta: number().or(12) },
  ({ windowLength, periodic, beta }, made) =>
    kaiserOp(windowLength, periodic, beta, keywords(made)),
);
