import { atMost } from '../../argument/atMost.js';
import { flag, probability } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { bind } from '../../native/ops.js';
import type { Tensor } from '../../tensor/index.js';

export {
  type AdaptiveMaxPoolFunction,
  type AdaptiveMaxPoolWithIndices,
  adaptiveAvgPool1d,
  adaptiveAvgPool2d,
  adaptiveAvgPool3d,
  adaptiveMaxPool1d,
  adaptiveMaxPool1dWithIndices,
  adaptiveMaxPool2d,
  adaptiveMaxPool2dWithIndices,
  adaptiveMaxPool3d,
  adaptiveMaxPool3dWithIndices,
  type OutputSize,
} from './adaptivePooling.js';
export {
  type ConvFunction,
  type ConvFunctionOptions,
  type ConvTransposeFunction,
  type ConvTransposeFunctionOptions,
  conv1d,
  conv2d,
  conv3d,
  convTbc,
  convTranspose1d,
  convTranspose2d,
  convTranspose3d,
} from './conv.js';
export {
  type FractionalMaxPoolFunction,
  type FractionalMaxPoolFunctionOptions,
  type FractionalMaxPoolWithIndices,
  fractionalMaxPool2d,
  fractionalMaxPool2dWithIndices,
  fractionalMaxPool3d,
  fractionalMaxPool3dWithIndices,
} from './fractionalPooling.js';
export { affineGrid, type GridSampleOptions, gridSample } from './grid.js';
export { crossEntropy, mseLoss, nllLoss, type Reduction } from './loss.js';
export {
  type MaxUnpoolFunction,
  type MaxUnpoolFunctionOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
} from './maxUnpool.js';
export { type BatchNormOptions, batchNorm } from './normalization.js';
export { type PadMode, type PadOptions, pad } from './padding.js';
export {
  type AvgPool1dFunctionOptions,
  type AvgPoolFunction,
  type AvgPoolFunctionOptions,
  avgPool1d,
  avgPool2d,
  avgPool3d,
  type LPPoolFunction,
  lpPool1d,
  lpPool2d,
  lpPool3d,
  type MaxPoolFunction,
  type MaxPoolFunctionOptions,
  type MaxPoolWithIndices,
  maxPool1d,
  maxPool1dWithIndices,
  maxPool2d,
  maxPool2dWithIndices,
  maxPool3d,
  maxPool3dWithIndices,
} from './pooling.js';
export {
  type InterpolateOptions,
  type InterpolationMode,
  interpolate,
  upsample,
  upsampleBilinear,
  upsampleNearest,
} from './resampling.js';
export { type Squash, squash } from './squash.js';
export {
  channelShuffle,
  fold,
  nativeChannelShuffle,
  pixelShuffle,
  pixelUnshuffle,
  unfold,
  type WindowOptions,
} from './windows.js';

type Optional = Tensor | null | undefined;

const linearOp = bind<(input: Tensor, weight: Tensor, bias: Optional) => Tensor>('linear');
const dropoutOp = bind<(input: Tensor, p: number, train: boolean) => Tensor>('dropout');

/** `input · weightᵀ + bias`: `(…, in)`, `(out, in)`, `(out)` → `(…, out)`. */
export function linear(input: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  atMost('linear', 3, arguments.length);
  return linearOp(input, weight, bias);
}

export { logSoftmax, relu, sigmoid, softmax, tanh } from '../../tensor/index.js';

/**
 * Sets each element to zero with probability `p` and scales the others by `1 / (1 − p)`.
 *
 * @param options.training - Whether it does so at all; as in Python, a boolean alone says it too. Default true.
 */
export function dropout(
  input: Tensor,
  p = 0.5,
  options?: boolean | { training?: boolean },
): Tensor {
  atMost('dropout', 3, arguments.length);
  probability.read('dropout: p', p);
  if (typeof options === 'boolean') return dropoutOp(input, p, options);
  return dropoutOp(input, p, readOptions('dropout', { training: flag.or(true) }, options).training);
}

/** One row of `numClasses` zeros with a single one per class index (int64). Default: as many as needed. */
export const oneHot = bind<(input: Tensor, numClasses?: number) => Tensor>('one_hot');
