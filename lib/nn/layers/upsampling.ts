import { atMost } from '../../argument/atMost.js';
import { orNull } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import { interpolateBy, interpolationSpec, numbers } from '../functional/resampling.js';
import { type LayerOptions, layer } from '../layer.js';
import { pythonText } from '../module/repr.js';

const { mode, alignCorners, recomputeScaleFactor } = interpolationSpec;

const sizing = {
  /** Sizes of the output. Default `null`: by `scaleFactor`, one of both is needed. */
  size: orNull(numbers).or(null),
  /** What sizes are multiplied by. Default `null`: sizes are `size`. */
  scaleFactor: orNull(numbers).or(null),
};

const upsampling = {
  options: {
    ...sizing,
    /** How pixels between pixels are found. Default `'nearest'`. */
    mode,
    /** Whether the corner pixels' centres stay where they are, in the linear and cubic modes only. Default `null`: no. */
    alignCorners,
    /** Whether the factor is computed again from the sizes, which are whole. Default `null`: no. */
    recomputeScaleFactor,
  },
};

/** Options of {@link Upsample}. */
export interface UpsampleOptions extends LayerOptions<typeof upsampling> {}

interface Sizing {
  readonly size: number | readonly number[] | null;
  readonly scaleFactor: number | readonly number[] | null;
}

// Python makes floats of factors.
function factorText(factor: number | readonly number[]): string {
  const text = (each: number): string => {
    const plain = pythonText(each);
    return /[.e]/.test(plain) || !Number.isFinite(each) ? plain : `${plain}.0`;
  };
  return typeof factor === 'number'
    ? text(factor)
    : `(${factor.map(text).join(', ')}${factor.length === 1 ? ',' : ''})`;
}

const reprOf = ({ size, scaleFactor }: Sizing, mode: string): string =>
  `${scaleFactor === null ? `size=${pythonText(size)}` : `scale_factor=${factorText(scaleFactor)}`}, mode='${mode}'`;

/**
 * Makes signals, images or volumes larger or smaller; mirrors `torch.nn.Upsample`. See `functional.interpolate`.
 *
 * Shape: `(N, C, L)`, `(N, C, H, W)` or `(N, C, D, H, W)` → sizes of `size`, or `⌊scaleFactor · size⌋`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.Upsample.html
 * @example
 * const x = torch.tensor([[[1, 2]]]);
 * new nn.Upsample({ scaleFactor: 2 }).forward(x); // → tensor([[[1., 1., 2., 2.]]])
 * new nn.Upsample({ size: 4, mode: 'linear' }).forward(x); // → tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
 */
export class Upsample extends layer('Upsample', upsampling) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return reprOf(this, this.mode);
  }

  forward(input: Tensor): Tensor {
    atMost('Upsample.forward', 1, arguments.length);
    const { size, scaleFactor, mode, alignCorners, recomputeScaleFactor } = this;
    const settings = { size, scaleFactor, mode, alignCorners, recomputeScaleFactor };
    return interpolateBy('Upsample', { input, ...settings, antialias: false });
  }
}

/**
 * Repeats the nearest pixel; mirrors `torch.nn.UpsamplingNearest2d`. Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingNearest2d.html
 * @example
 * const up = new nn.UpsamplingNearest2d({ scaleFactor: 2 });
 * up.forward(torch.tensor([[[[1, 2]]]])); // → tensor([[[[1., 1., 2., 2.], [1., 1., 2., 2.]]]])
 */
export class UpsamplingNearest2d extends layer('UpsamplingNearest2d', { options: sizing }) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return reprOf(this, 'nearest');
  }

  forward(input: Tensor): Tensor {
    atMost('UpsamplingNearest2d.forward', 1, arguments.length);
    return upsampled('UpsamplingNearest2d', input, this, 'nearest', null);
  }
}

/**
 * Interpolates between four pixels, with aligned corners; mirrors `torch.nn.UpsamplingBilinear2d`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`.
 *
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.UpsamplingBilinear2d.html
 * @example
 * const up = new nn.UpsamplingBilinear2d({ size: [1, 3] });
 * up.forward(torch.tensor([[[[1, 2]]]])); // → tensor([[[[1.0000, 1.5000, 2.0000]]]])
 */
export class UpsamplingBilinear2d extends layer('UpsamplingBilinear2d', { options: sizing }) {
  override extraRepr(): string {
    atMost('extraRepr', 0, arguments.length);
    return reprOf(this, 'bilinear');
  }

  forward(input: Tensor): Tensor {
    atMost('UpsamplingBilinear2d.forward', 1, arguments.length);
    return upsampled('UpsamplingBilinear2d', input, this, 'bilinear', true);
  }
}

function upsampled(
  name: string,
  input: Tensor,
  { size, scaleFactor }: Sizing,
  mode: 'nearest' | 'bilinear',
  alignCorners: boolean | null,
): Tensor {
  const settings = { size, scaleFactor, mode, alignCorners, recomputeScaleFactor: null };
  return interpolateBy(name, { input, ...settings, antialias: false });
}
