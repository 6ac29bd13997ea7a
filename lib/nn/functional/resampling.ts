import { describe } from '../../argument/describe.js';
import { flag, Kind, oneOf, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { adaptiveAvgPool } from './adaptivePooling.js';
import { callable } from './call.js';

/** How pixels between pixels are found: `'linear'` along a signal, `'bilinear'`, `'bicubic'` across an image, `'trilinear'` through a volume. */
export type InterpolationMode =
  | 'nearest'
  | 'linear'
  | 'bilinear'
  | 'bicubic'
  | 'trilinear'
  | 'area'
  | 'nearest-exact';

type Numbers = number | readonly number[];

const isNumber = (given: unknown): boolean => typeof given === 'number' && !Number.isNaN(given);

/** @internal */
export const numbers: Kind<Numbers> = new Kind('a number or a list of numbers', (given) =>
  isNumber(given) || (Array.isArray(given) && given.every(isNumber))
    ? (given as Numbers)
    : undefined,
);

/** What {@link interpolate} and `nn.Upsample` take. @internal */
export const interpolationSpec = {
  size: orNull(numbers).or(null),
  scaleFactor: orNull(numbers).or(null),
  mode: oneOf(
    ...([
      'nearest',
      'linear',
      'bilinear',
      'bicubic',
      'trilinear',
      'area',
      'nearest-exact',
    ] as const),
  ).or('nearest'),
  alignCorners: orNull(flag).or(null),
  recomputeScaleFactor: orNull(flag).or(null),
};

/** Options of {@link interpolate}: one of the first two is needed. */
export interface InterpolateOptions {
  /** Sizes of the output. Default `null`: by `scaleFactor`, one of both is needed. */
  size?: Numbers | null;
  /** What sizes are multiplied by. Default `null`: sizes are `size`. */
  scaleFactor?: Numbers | null;
  /** How pixels between pixels are found. Default `'nearest'`. */
  mode?: InterpolationMode;
  /** Whether the corner pixels' centres stay where they are, in the linear and cubic modes only. Default `null`: no. */
  alignCorners?: boolean | null;
  /** Whether the factor is computed again from the sizes, which are whole. Default `null`: no. */
  recomputeScaleFactor?: boolean | null;
  /** Whether pixels that a smaller image leaves out count too, in modes `'bilinear'` and `'bicubic'`. Default false. */
  antialias?: boolean;
}

interface Interpolation {
  readonly input: Tensor;
  readonly size: Numbers | null;
  readonly scaleFactor: Numbers | null;
  readonly mode: InterpolationMode;
  readonly alignCorners: boolean | null;
  readonly recomputeScaleFactor: boolean | null;
  readonly antialias: boolean;
}

type Resample = (input: Tensor, size: Numbers | null, ...settings: unknown[]) => Tensor;
const vec = (name: string): Resample => bind<Resample>(`${name}.vec`);

// By mode and the number of the input's dimensions.
const nearest: Readonly<Record<string, Resample>> = {
  nearest3: vec('upsample_nearest1d'),
  nearest4: vec('upsample_nearest2d'),
  nearest5: vec('upsample_nearest3d'),
  'nearest-exact3': vec('_upsample_nearest_exact1d'),
  'nearest-exact4': vec('_upsample_nearest_exact2d'),
  'nearest-exact5': vec('_upsample_nearest_exact3d'),
};
const smooth: Readonly<Record<string, Resample>> = {
  linear3: vec('upsample_linear1d'),
  bilinear4: vec('upsample_bilinear2d'),
  bicubic4: vec('upsample_bicubic2d'),
  trilinear5: vec('upsample_trilinear3d'),
};
const antialiased: Readonly<Record<string, Resample>> = {
  bilinear4: vec('_upsample_bilinear2d_aa'),
  bicubic4: vec('_upsample_bicubic2d_aa'),
};

/** {@link interpolate} for who has all that it takes. @internal */
export function interpolateBy(name: string, given: Interpolation): Tensor {
  const { input, mode, alignCorners, antialias } = given;
  tensorKind.read(`${name}: input`, input);
  const isSmooth = !['nearest', 'area', 'nearest-exact'].includes(mode);
  if (!isSmooth && alignCorners !== null) {
    throw invalidArgument(`${name}: alignCorners: mode '${mode}' has no corners to align`);
  }
  const { size, scales } = sizeAndScales(name, given);
  const kind = `${mode}${input.ndim}`;
  if (antialias && !Object.hasOwn(antialiased, kind)) {
    throw invalidArgument(
      `${name}: antialias: expected mode 'bilinear' or 'bicubic' and an input of 4 dimensions, ` +
        `got mode '${mode}' and ${input.ndim}`,
    );
  }
  if (mode === 'area' && [3, 4, 5].includes(input.ndim)) {
    return adaptiveAvgPool((input.ndim - 2) as 1 | 2 | 3, input, size!);
  }
  const table = isSmooth ? (antialias ? antialiased : smooth) : nearest;
  const resample = Object.hasOwn(table, kind) ? table[kind]! : undefined;
  if (resample === undefined) {
    throw invalidArgument(`${name}: mode '${mode}' takes no input of ${input.ndim} dimensions`);
  }
  return isSmooth
    ? resample(input, size, alignCorners ?? false, scales)
    : resample(input, size, scales);
}

interface SizeAndScales {
  readonly size: readonly number[] | null;
  readonly scales: readonly number[] | null;
}

function sizeAndScales(name: string, given: Interpolation): SizeAndScales {
  const { input, size, scaleFactor, mode, recomputeScaleFactor } = given;
  if ((size === null) === (scaleFactor === null)) {
    throw invalidArgument(`${name}: expected either a size or a scaleFactor`);
  }
  const count = Math.max(0, input.ndim - 2);
  const each = (what: string, value: Numbers): readonly number[] => {
    if (typeof value === 'number') return new Array(count).fill(value);
    if (value.length === count) return value;
    throw invalidArgument(
      `${name}: ${what}: expected a number or ${count} of them, got ${describe(value)}`,
    );
  };
  if (size !== null) {
    if (recomputeScaleFactor) {
      throw invalidArgument(`${name}: recomputeScaleFactor: a size leaves nothing to compute`);
    }
    return { size: each('size', size), scales: null };
  }
  const scales = each('scaleFactor', scaleFactor!);
  if (!recomputeScaleFactor && mode !== 'area') return { size: null, scales };
  return { size: scales.map((scale, i) => Math.trunc(input.shape[i + 2]! * scale)), scales: null };
}

/**
 * Makes signals, images or volumes larger or smaller: `(N, C, L)`, `(N, C, H, W)`, `(N, C, D, H, W)`. Options by
 * name, or in the order `size, scaleFactor, mode, alignCorners, recomputeScaleFactor, antialias`. Mirrors
 * `torch.nn.functional.interpolate`.
 *
 * Shape: `(N, C, …)` → `(N, C, ...size)`, or `⌊scaleFactor · size⌋`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for both or neither of `size` and `scaleFactor`, and for a mode that the
 *   input's dimensions do not fit.
 * @example
 * const x = torch.tensor([[[1, 2]]]);
 * nn.functional.interpolate(x, { scaleFactor: 2 }); // → tensor([[[1., 1., 2., 2.]]])
 * nn.functional.interpolate(x, { size: 4, mode: 'linear' }); // → tensor([[[1.0000, 1.2500, 1.7500, 2.0000]]])
 */
export const interpolate: {
  (input: Tensor, options: InterpolateOptions): Tensor;
  (input: Tensor, size: Numbers | null, options?: Omit<InterpolateOptions, 'size'>): Tensor;
  (
    input: Tensor,
    size: Numbers | null | undefined,
    scaleFactor: Numbers | null | undefined,
    mode?: InterpolationMode,
    alignCorners?: boolean | null,
    recomputeScaleFactor?: boolean | null,
    antialias?: boolean,
  ): Tensor;
} = callable(
  'interpolate',
  { input: tensorKind, ...interpolationSpec, antialias: flag.or(false) },
  (values) => interpolateBy('interpolate', values),
);

const { recomputeScaleFactor: _, ...upsampleSpec } = interpolationSpec;
const unsaid = { recomputeScaleFactor: null, antialias: false };

/**
 * {@link interpolate} as it was called before. Mirrors `torch.nn.functional.upsample`.
 *
 * Shape: as {@link interpolate} has it.
 *
 * @deprecated In Python; {@link interpolate} does all that it does.
 *
 * @example
 * nn.functional.upsample(torch.tensor([[[1, 2]]]), { size: 4 }); // → tensor([[[1., 1., 2., 2.]]])
 */
export const upsample: {
  (input: Tensor, options: Omit<InterpolateOptions, 'recomputeScaleFactor' | 'antialias'>): Tensor;
  (
    input: Tensor,
    size: Numbers | null | undefined,
    scaleFactor?: Numbers | null,
    mode?: InterpolationMode,
    alignCorners?: boolean | null,
  ): Tensor;
} = callable('upsample', { input: tensorKind, ...upsampleSpec }, (values) =>
  interpolateBy('upsample', { ...values, ...unsaid }),
);

interface UpsampleTo {
  (input: Tensor, options: Pick<InterpolateOptions, 'size' | 'scaleFactor'>): Tensor;
  (input: Tensor, size: Numbers | null | undefined, scaleFactor?: Numbers | null): Tensor;
}

const { size, scaleFactor } = interpolationSpec;

/**
 * {@link interpolate} in mode `'nearest'`. Mirrors `torch.nn.functional.upsample_nearest`.
 *
 * Shape: as {@link interpolate} has it.
 *
 * @deprecated In Python.
 * @example
 * nn.functional.upsampleNearest(torch.tensor([[[[1, 2]]]]), [1, 4]); // → tensor([[[[1., 1., 2., 2.]]]])
 */
export const upsampleNearest: UpsampleTo = callable(
  'upsampleNearest',
  { input: tensorKind, size, scaleFactor },
  (values) =>
    interpolateBy('upsampleNearest', { ...values, ...unsaid, mode: 'nearest', alignCorners: null }),
);

/**
 * {@link interpolate} in mode `'bilinear'` with aligned corners. Mirrors
 * `torch.nn.functional.upsample_bilinear`.
 *
 * Shape: `(N, C, H, W)` → `(N, C, Hout, Wout)`.
 *
 * @deprecated In Python.
 * @example
 * nn.functional.upsampleBilinear(torch.tensor([[[[1, 2]]]]), [1, 3]); // → tensor([[[[1.0000, 1.5000, 2.0000]]]])
 */
export const upsampleBilinear: UpsampleTo = callable(
  'upsampleBilinear',
  { input: tensorKind, size, scaleFactor },
  (values) =>
    interpolateBy('upsampleBilinear', {
      ...values,
      ...unsaid,
      mode: 'bilinear',
      alignCorners: true,
    }),
);
