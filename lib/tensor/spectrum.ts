import { method } from './method.js';
import { extendTensor, type Tensor } from './tensor.js';

interface Windows {
  /** From one window to the next. Default: a quarter of `nFft`. */
  hopLength?: number;
  /** Length of each window. Default: `nFft`. */
  winLength?: number;
  /** Weights, as many as `winLength`. Default: ones. */
  window?: Tensor;
  /** Whether the windows' middles stand at multiples of the hop, the signal padded. Default true. */
  center?: boolean;
  /** Whether spectra are divided by `√nFft`. Default false. */
  normalized?: boolean;
  /** Whether only half of the frequencies are there: real signals need no more. Default: true for these. */
  onesided?: boolean;
}
export interface StftOptions extends Windows {
  /** How the signal is padded where `center`: `'reflect'`, `'constant'`, `'replicate'`. Default `'reflect'`. */
  padMode?: string;
  /** Must be given for real signals: true, as complex numbers. Default: true for complex ones. */
  returnComplex?: boolean;
  /** Without `center`: whether as many frames are taken as windows fit, and not as transforms do. Default false. */
  alignToWindow?: boolean;
}
export interface IstftOptions extends Windows {
  /** Length of the signal. Default: as far as the windows reach. */
  length?: number;
  /** Whether the signal is complex; not with `onesided`. Default false. */
  returnComplex?: boolean;
}

/** Signals and the spectra of their parts. */
export const spectrum = {
  /**
   * Spectra of overlapping windows (short-time Fourier transform). `(…, L) → (…, frequencies, frames)`
   * @param nFft - Length of each transform.
   * @example
   * const x = torch.tensor([1, 0, -1, 0]).repeat(4);
   * const spectrum = x.stft(4, { window: torch.ones(4), center: false, returnComplex: true });
   * spectrum.shape; // → [ 3, 13 ]
   * spectrum.abs().select(1, 0); // → tensor([0., 2., 0.])
   */
  stft: method<(this: Tensor, nFft: number, options?: StftOptions) => Tensor>('stft.center'),
  /**
   * The signal whose {@link stft} this is.
   *
   * @example
   * const window = torch.hannWindow(8);
   * const x = torch.arange(16).float();
   * const spectrum = x.stft(8, { window, returnComplex: true });
   * spectrum.istft(8, { window }).allclose(x, { atol: 1e-4 }); // → true
   */
  istft: method<(this: Tensor, nFft: number, options?: IstftOptions) => Tensor>('istft'),
};

export type Spectrum = typeof spectrum;
declare module '../native/tensor.js' {
  interface Tensor extends Spectrum {}
}
extendTensor(spectrum);
