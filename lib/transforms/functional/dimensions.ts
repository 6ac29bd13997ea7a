import { ordered } from '../../argument/ordered.js';
import type { Tensor } from '../../tensor/index.js';
import { imageKind } from '../kinds.js';
import { sizesOf } from './pixels.js';

const takes = { args: { img: imageKind } };

/**
 * `[channels, height, width]` of images; mirrors torchvision's `get_dimensions`. `(H, W)` has one channel.
 *
 * @example
 * data.transforms.functional.getDimensions(torch.rand(3, 20, 30)); // → [ 3, 20, 30 ]
 * data.transforms.functional.getDimensions(torch.rand(20, 30)); // → [ 1, 20, 30 ]
 */
export const getDimensions = ordered<[img: Tensor]>()('getDimensions', takes, ({ img }) =>
  sizesOf(img),
);

/**
 * `[width, height]` of images; mirrors torchvision's `get_image_size`.
 *
 * @example
 * data.transforms.functional.getImageSize(torch.rand(3, 20, 30)); // → [ 30, 20 ]
 */
export const getImageSize = ordered<[img: Tensor]>()(
  'getImageSize',
  takes,
  ({ img }): [width: number, height: number] => [img.shape.at(-1)!, img.shape.at(-2)!],
);

/**
 * Channels of images; mirrors torchvision's `get_image_num_channels`.
 *
 * @example
 * data.transforms.functional.getImageNumChannels(torch.rand(3, 20, 30)); // → 3
 */
export const getImageNumChannels = ordered<[img: Tensor]>()(
  'getImageNumChannels',
  takes,
  ({ img }): number => sizesOf(img)[0],
);
