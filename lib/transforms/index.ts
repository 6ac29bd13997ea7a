/** Transforms of images, mirrors `torchvision.transforms` of tensors: docs/transforms.md. */
export type { PolicyName } from './augmentPolicies.js';
export {
  AugMix,
  AutoAugment,
  AutoAugmentPolicy,
  RandAugment,
  TrivialAugmentWide,
} from './autoAugment.js';
export { ElasticTransform, GaussianBlur } from './blurs.js';
export * from './colors.js';
export { Compose, Lambda, RandomApply, RandomChoice, RandomOrder } from './compose.js';
export {
  ConvertImageDtype,
  LinearTransformation,
  Normalize,
  Resize,
  ToTensor,
} from './conversions.js';
export { CenterCrop, FiveCrop, Pad, type Part, RandomCrop, TenCrop } from './crops.js';
export { type Erased, RandomErasing } from './erasing.js';
export { RandomHorizontalFlip, RandomVerticalFlip } from './flips.js';
export type { PerChannel } from './functional/conversion.js';
export type { Five, Padding, PaddingMode } from './functional/geometry.js';
export * as functional from './functional/index.js';
export {
  type Antialias,
  type Edges,
  type Fill,
  InterpolationMode,
  type Range,
  type ResizeMode,
  type WarpMode,
} from './kinds.js';
export { RandomResizedCrop } from './resizedCrop.js';
export type { Step, Transform } from './transform.js';
export {
  type AffineParams,
  type Degrees,
  RandomAffine,
  RandomPerspective,
  RandomRotation,
  type Shears,
} from './warps.js';
