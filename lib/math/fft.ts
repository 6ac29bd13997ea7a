/** Discrete Fourier transforms: mirrors `torch.fft`. */
import { integer, number } from '../argument/kind.js';
import { bind } from '../native/ops.js';
import { type Factory, factory, keywords, type TensorOptions } from '../tensor/creation/options.js';
import type { Tensor } from '../tensor/index.js';
import { bindFunction } from '../tensor/method.js';

/** What is divided by: the length backwards (default), forwards, or its root both ways. */
export type FftNorm = 'backward' | 'forward' | 'ortho' | null;

type Sizes = readonly number[] | null;

interface Along {
  (input: Tensor, options?: { n?: number | null; dim?: number; norm?: FftNorm }): Tensor;
  (input: Tensor, n: number | null, dim?: number, norm?: FftNorm): Tensor;
}

interface Plane {
  (input: Tensor, options?: { s?: Sizes; dim?: readonly number[]; norm?: FftNorm }): Tensor;
  (input: Tensor, s: Sizes, dim?: readonly number[], norm?: FftNorm): Tensor;
}

interface Space {
  (input: Tensor, options?: { s?: Sizes; dim?: Sizes; norm?: FftNorm }): Tensor;
  (input: Tensor, s: Sizes, dim?: Sizes, norm?: FftNorm): Tensor;
}

interface Shift {
  (input: Tensor, options?: { dim?: number | Sizes }): Tensor;
  (input: Tensor, dim: number | Sizes): Tensor;
}

/**
 * Transform along a dimension, cut or filled with zeros to length `n`. Default: the last.
 *
 * @example
 * torch.fft.fft(torch.tensor([1, 0, 0, 0])); // → tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.-0.j])
 */
export const fft = bindFunction<Along>('fft_fft');
/** Inverse of {@link fft}. */
export const ifft = bindFunction<Along>('fft_ifft');
/** {@link fft} of reals: the half that says all, `n / 2 + 1` long. */
export const rfft = bindFunction<Along>('fft_rfft');
/** Inverse of {@link rfft}: reals, `n` long. Default: 2 (length − 1). */
export const irfft = bindFunction<Along>('fft_irfft');
/** {@link fft} of a signal that is Hermitian in time, of which half is given: reals. */
export const hfft = bindFunction<Along>('fft_hfft');
/** Inverse of {@link hfft}. */
export const ihfft = bindFunction<Along>('fft_ihfft');

/** {@link fftn} of two dimensions. Default: the last two. */
export const fft2 = bindFunction<Plane>('fft_fft2');
/** Inverse of {@link fft2}. */
export const ifft2 = bindFunction<Plane>('fft_ifft2');
/** {@link rfftn} of two dimensions. */
export const rfft2 = bindFunction<Plane>('fft_rfft2');
/** Inverse of {@link rfft2}. */
export const irfft2 = bindFunction<Plane>('fft_irfft2');

/** Transform along several dimensions. Default: all, or the last ones that `s` has sizes for. */
export const fftn = bindFunction<Space>('fft_fftn');
/** Inverse of {@link fftn}. */
export const ifftn = bindFunction<Space>('fft_ifftn');
/** {@link fftn} of reals: half of the last dimension. */
export const rfftn = bindFunction<Space>('fft_rfftn');
/** Inverse of {@link rfftn}. */
export const irfftn = bindFunction<Space>('fft_irfftn');

/** Moves the frequency 0 to the middle. */
export const fftshift = bindFunction<Shift>('fft_fftshift');
/** Inverse of {@link fftshift}. */
export const ifftshift = bindFunction<Shift>('fft_ifftshift');

interface Frequencies {
  (n: number, d?: number, options?: TensorOptions): Tensor;
  (n: number, options?: TensorOptions & { d?: number }): Tensor;
}

const frequencies = (what: string, name: string): Frequencies => {
  const op = bind<Factory>(name);
  return factory(what, { n: integer(), d: number().or(1) }, ({ n, d }, made) =>
    op(n, d, keywords(made)),
  );
};

/** The frequency of each element of a transform of length `n`. @param d - Time between samples. Default 1. */
export const fftfreq = frequencies('fftfreq', 'fft_fftfreq');
/** As {@link fftfreq}, for {@link rfft}. */
export const rfftfreq = frequencies('rfftfreq', 'fft_rfftfreq');
