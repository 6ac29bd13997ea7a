import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

export * from './activation.js';
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
  type MultiHeadAttentionOptions,
  multiHeadAttentionForward,
  type ScaledDotProductOptions,
  scaledDotProductAttention,
} from './attention.js';
export {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  hingeEmbeddingLoss,
  klDiv,
  multilabelSoftMarginLoss,
  softMarginLoss,
} from './binary.js';
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
export { ctcLoss, type Lengths } from './ctc.js';
export * from './distance.js';
export * from './dropout.js';
export { type BagMode, embedding, embeddingBag } from './embedding.js';
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
export { crossEntropy, nllLoss } from './loss.js';
export {
  cosineEmbeddingLoss,
  type DistanceFunction,
  marginRankingLoss,
  multilabelMarginLoss,
  multiMarginLoss,
  tripletMarginLoss,
  tripletMarginWithDistanceLoss,
} from './margin.js';
export {
  type MaxUnpoolFunction,
  type MaxUnpoolFunctionOptions,
  maxUnpool1d,
  maxUnpool2d,
  maxUnpool3d,
} from './maxUnpool.js';
export {
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  localResponseNorm,
  rmsNorm,
} from './normalization.js';
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
export type { Reduction } from './reduction.js';
export {
  gaussianNllLoss,
  huberLoss,
  l1Loss,
  mseLoss,
  poissonNllLoss,
  smoothL1Loss,
} from './regression.js';
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

/**
 * `input · weightᵀ + bias`: `(…, in)`, `(out, in)`, `(out)` → `(…, out)`. Mirrors `torch.nn.functional.linear`.
 *
 * @example
 * const weight = torch.tensor([[1, 2], [3, 4], [5, 6]]); // 2 in, 3 out
 * nn.functional.linear(torch.tensor([1, 10]), weight, torch.tensor([0, 0, 100])); // → tensor([ 21., 43., 165.])
 */
export const linear =
  bindFunction<(input: Tensor, weight: Tensor, bias?: Tensor | null) => Tensor>('linear');

/**
 * `input1ᵀ · weight · input2 + bias`: `(…, in1)`, `(…, in2)`, `(out, in1, in2)`, `(out)` → `(…, out)`. Mirrors
 * `torch.nn.functional.bilinear`.
 *
 * @example
 * const weight = torch.tensor([[[1, 2], [3, 4]]]);
 * nn.functional.bilinear(torch.tensor([[1, 0]]), torch.tensor([[1, 1]]), weight); // → tensor([[3.]])
 */
export const bilinear =
  bindFunction<(input1: Tensor, input2: Tensor, weight: Tensor, bias?: Tensor | null) => Tensor>(
    'bilinear',
  );

export { sigmoid, tanh } from '../../tensor/index.js';

/**
 * One row of `numClasses` zeros with a single one per class index (int64). Default: as many as needed. Mirrors
 * `torch.nn.functional.one_hot`.
 *
 * Shape: any → `(…, numClasses)`, int64.
 *
 * @example
 * nn.functional.oneHot(torch.tensor([0n, 2n])); // → tensor([[1, 0, 0], [0, 0, 1]])
 * nn.functional.oneHot(torch.tensor([1n]), 4); // → tensor([[0, 1, 0, 0]])
 */
export const oneHot = bindFunction<(input: Tensor, numClasses?: number) => Tensor>('one_hot');
