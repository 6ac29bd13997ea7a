/**
 * Discrete Fourier transforms: mirrors `torch.fft`. Results have the input's shape, but for the lengths of the dimensions
 * that are transformed.
 */
import { integer, number } from '../argument/kind.js';
import { bind } from '../native/ops.js';
import { type Factory, factory, keywords, type TensorOptions } from '../tensor/creation/options.js';
import type { Tensor } from '../tensor/index.js';
import { bindFunction } from '../tensor/method.js';

/** What is divided by: the length backwards (default), forwards, or its root both ways. */
export type FftNorm = 'backward' | 'forward' | 'ortho' | null;

type Sizes = readonly number[] | null;

interface Norm {
  /** What the result is divided by. Default `'backward'`. */
  norm?: FftNorm;
}

interface AlongOptions extends Norm {
  /** Length that is transformed. Default: the dimension's; `irfft` and `hfft`: 2 (length − 1). */
  n?: number | null;
  /** Default −1. */
  dim?: number;
}

interface PlaneOptions extends Norm {
  /** Lengths of the dimensions. Default: their own; with `irfft` and `hfft` of the last one 2 (length − 1). */
  s?: Sizes;
  /** Default [−2, −1]. */
  dim?: readonly number[];
}

interface SpaceOptions extends Norm {
  /** Lengths of the dimensions. Default: their own; with `irfft` and `hfft` of the last one 2 (length − 1). */
  s?: Sizes;
  /** Default: all, or the last ones that `s` has lengths for. */
  dim?: Sizes;
}

interface ShiftOptions {
  /** Default: all. */
  dim?: number | Sizes;
}

interface Along {
  (input: Tensor, options?: AlongOptions): Tensor;
  (input: Tensor, n: number | null, dim?: number, norm?: FftNorm): Tensor;
}

interface Plane {
  (input: Tensor, options?: PlaneOptions): Tensor;
  (input: Tensor, s: Sizes, dim?: readonly number[], norm?: FftNorm): Tensor;
}

interface Space {
  (input: Tensor, options?: SpaceOptions): Tensor;
  (input: Tensor, s: Sizes, dim?: Sizes, norm?: FftNorm): Tensor;
}

interface Shift {
  (input: Tensor, options?: ShiftOptions): Tensor;
  (input: Tensor, dim: number | Sizes): Tensor;
}

/**
 * Transform along a dimension, cut or filled with zeros to length `n`. Default: the last.
 *
 * @example
 * torch.fft.fft(torch.tensor([1, 0, 0, 0])); // → tensor([1.+0.j, 1.+0.j, 1.+0.j, 1.-0.j])
 */
export const fft = bindFunction<Along>('fft_fft');
/**
 * Inverse of {@link fft}.
 *
 * @example
 * torch.real(torch.fft.ifft(torch.tensor([4, 0, 0, 0]))); // → tensor([1., 1., 1., 1.])
 */
export const ifft = bindFunction<Along>('fft_ifft');
/**
 * {@link fft} of reals: the half that says all, `n / 2 + 1` long.
 *
 * @example
 * torch.fft.rfft(torch.tensor([1, 2, 3, 4])); // → tensor([10.+0.j, -2.+2.j, -2.+0.j])
 */
export const rfft = bindFunction<Along>('fft_rfft');
/**
 * Inverse of {@link rfft}: reals, `n` long. Default: 2 (length − 1).
 *
 * @example
 * const half = torch.fft.rfft(torch.tensor([1, 2, 3]));
 * torch.fft.irfft(half).shape; // → [ 2 ]
 * torch.fft.irfft(half, 3); // → tensor([1., 2., 3.])
 */
export const irfft = bindFunction<Along>('fft_irfft');
/**
 * {@link fft} of a signal that is Hermitian in time, of which half is given: reals.
 *
 * @example
 * torch.fft.hfft(torch.tensor([1, 2, 3])); // → tensor([8., -2., 0., -2.])
 */
export const hfft = bindFunction<Along>('fft_hfft');
/**
 * Inverse of {@link hfft}.
 *
 * @example
 * torch.real(torch.fft.ihfft(torch.tensor([8, -2, 0, -2]))); // → tensor([1., 2., 3.])
 */
export const ihfft = bindFunction<Along>('fft_ihfft');

/**
 * {@link fftn} of two dimensions. Default: the last two.
 *
 * @example
 * torch.fft.fft2(torch.ones(2, 2)); // → tensor([[4.+0.j, 0.+0.j], [0.+0.j, 0.+0.j]])
 */
export const fft2 = bindFunction<Plane>('fft_fft2');
/**
 * Inverse of {@link fft2}.
 *
 * @example
 * torch.fft.ifft2(torch.tensor([[4, 0], [0, 0]])); // → tensor([[1.+0.j, 1.+0.j], [1.+0.j, 1.+0.j]])
 */
export const ifft2 = bindFunction<Plane>('fft_ifft2');
/**
 * {@link rfftn} of two dimensions.
 *
 * @example
 * torch.fft.rfft2(torch.rand(8, 8)).shape; // → [ 8, 5 ]
 */
export const rfft2 = bindFunction<Plane>('fft_rfft2');
/**
 * Inverse of {@link rfft2}.
 *
 * @example
 * const x = torch.rand(4, 5);
 * torch.fft.irfft2(torch.fft.rfft2(x), x.shape).allclose(x, { atol: 1e-6 }); // → true
 */
export const irfft2 = bindFunction<Plane>('fft_irfft2');

/**
 * Transform along several dimensions. Default: all, or the last ones that `s` has sizes for.
 *
 * @example
 * torch.real(torch.fft.fftn(torch.ones(2, 1, 2))).flatten(); // → tensor([4., 0., 0., 0.])
 */
export const fftn = bindFunction<Space>('fft_fftn');
/**
 * Inverse of {@link fftn}.
 *
 * @example
 * const x = torch.rand(2, 3, 4);
 * torch.real(torch.fft.ifftn(torch.fft.fftn(x))).allclose(x, { atol: 1e-6 }); // → true
 */
export const ifftn = bindFunction<Space>('fft_ifftn');
/**
 * {@link fftn} of reals: half of the last dimension.
 *
 * @example
 * torch.fft.rfftn(torch.rand(4, 6, 8)).shape; // → [ 4, 6, 5 ]
 */
export const rfftn = bindFunction<Space>('fft_rfftn');
/**
 * Inverse of {@link rfftn}.
 *
 * @example
 * const half = torch.fft.rfftn(torch.rand(4, 6, 7));
 * torch.fft.irfftn(half).shape; // → [ 4, 6, 6 ]
 * torch.fft.irfftn(half, [4, 6, 7]).shape; // → [ 4, 6, 7 ]
 */
export const irfftn = bindFunction<Space>('fft_irfftn');

/**
 * {@link hfftn} of two dimensions. Default: the last two.
 *
 * @example
 * torch.fft.hfft2(torch.tensor([[1, 2], [3, 4]])); // → tensor([[10., -2.], [-4., 0.]])
 */
export const hfft2 = bindFunction<Plane>('fft_hfft2');
/**
 * Inverse of {@link hfft2}.
 *
 * @example
 * const x = torch.rand(4, 6);
 * torch.fft.hfft2(torch.fft.ihfft2(x)).allclose(x, { atol: 1e-6 }); // → true
 */
export const ihfft2 = bindFunction<Plane>('fft_ihfft2');
/**
 * {@link fftn} of a signal that is Hermitian in time, of whose last dimension half is given: reals.
 *
 * @example
 * torch.fft.hfftn(torch.ones(2, 1, 3)).flatten(); // → tensor([8., 0., 0., 0., 0., 0., 0., 0.])
 */
export const hfftn = bindFunction<Space>('fft_hfftn');
/**
 * Inverse of {@link hfftn}.
 *
 * @example
 * torch.fft.ihfftn(torch.rand(4, 6, 8)).shape; // → [ 4, 6, 5 ]
 */
export const ihfftn = bindFunction<Space>('fft_ihfftn');

/**
 * Moves the frequency 0 to the middle.
 *
 * @example
 * torch.fft.fftshift(torch.fft.fftfreq(4)); // → tensor([-0.5000, -0.2500, 0.0000, 0.2500])
 */
export const fftshift = bindFunction<Shift>('fft_fftshift');
/**
 * Inverse of {@link fftshift}.
 *
 * @example
 * torch.fft.ifftshift(torch.tensor([-2, -1, 0, 1, 2])); // → tensor([0., 1., 2., -2., -1.])
 */
export const ifftshift = bindFunction<Shift>('fft_ifftshift');

interface Spacing {
  /** Time between samples. Default 1. */
  d?: number;
}

interface Frequencies {
  (n: number, d?: number, options?: TensorOptions): Tensor;
  (n: number, options?: TensorOptions & Spacing): Tensor;
}

const frequencies = (what: string, name: string): Frequencies => {
  const op = bind<Factory>(name);
  return factory(what, { n: integer(), d: number().or(1) }, ({ n, d }, made) =>
    op(n, d, keywords(made)),
  );
};

/**
 * The frequency of each element of a transform of length `n`.
 *
 * @param d - Time between samples. Default 1.
 * @example
 * torch.fft.fftfreq(4); // → tensor([0.0000, 0.2500, -0.5000, -0.2500])
 * torch.fft.fftfreq(4, 0.5); // → tensor([0.0000, 0.5000, -1.0000, -0.5000])
 */
export const fftfreq = frequencies('fftfreq', 'fft_fftfreq');
/**
 * As {@link fftfreq}, for {@link rfft}.
 *
 * @example
 * torch.fft.rfftfreq(4); // → tensor([0.0000, 0.2500, 0.5000])
 */
export const rfftfreq = frequencies('rfftfreq', 'fft_rfftfreq');
