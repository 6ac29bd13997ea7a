/** Transforms as functions of images `(…, C, H, W)`; mirrors `torchvision.transforms.functional` of tensors. */
export { gaussianBlur } from './blur.js';
export {
  adjustBrightness,
  adjustContrast,
  adjustGamma,
  adjustHue,
  adjustSaturation,
  rgbToGrayscale,
} from './color.js';
export {
  convertImageDtype,
  erase,
  normalize,
  type PerChannel,
  toTensor,
} from './conversion.js';
export { getDimensions, getImageNumChannels, getImageSize } from './dimensions.js';
export {
  centerCrop,
  crop,
  type Five,
  fiveCrop,
  hflip,
  type Padding,
  type PaddingMode,
  pad,
  tenCrop,
  vflip,
} from './geometry.js';
export { resize, resizedCrop } from './resizing.js';
export {
  adjustSharpness,
  autocontrast,
  equalize,
  invert,
  posterize,
  solarize,
} from './tone.js';
export { affine, type Corners, elasticTransform, perspective, rotate } from './warp.js';
