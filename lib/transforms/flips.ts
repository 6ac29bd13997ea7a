import { atMost } from '../argument/atMost.js';
import { probability } from '../argument/kind.js';
import type { Tensor } from '../tensor/index.js';
import { transform } from './base.js';
import { happens } from './draws.js';
import { hflip, vflip } from './functional/geometry.js';
import { imageKind } from './kinds.js';

/**
 * Exchanges left and right at random; mirrors torchvision's `RandomHorizontalFlip`. Any shape `(…, H, W)`.
 *
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[1, 2], [3, 4]]);
 * new data.transforms.RandomHorizontalFlip(1).forward(image); // → tensor([[2., 1.], [4., 3.]])
 */
export class RandomHorizontalFlip extends transform<[], [p?: number]>()(
  'RandomHorizontalFlip',
  { p: probability.or(0.5) },
  'p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomHorizontalFlip.forward', 1, arguments.length);
    imageKind.read('RandomHorizontalFlip: img', img);
    return happens(this.p) ? hflip(img) : img;
  }
}

/**
 * Exchanges top and bottom at random; mirrors torchvision's `RandomVerticalFlip`. Any shape `(…, H, W)`.
 *
 * @param p - Its probability. Default 0.5.
 * @example
 * const image = torch.tensor([[1, 2], [3, 4]]);
 * new data.transforms.RandomVerticalFlip(1).forward(image); // → tensor([[3., 4.], [1., 2.]])
 */
export class RandomVerticalFlip extends transform<[], [p?: number]>()(
  'RandomVerticalFlip',
  { p: probability.or(0.5) },
  'p={p}',
) {
  forward(img: Tensor): Tensor {
    atMost('RandomVerticalFlip.forward', 1, arguments.length);
    imageKind.read('RandomVerticalFlip: img', img);
    return happens(this.p) ? vflip(img) : img;
  }
}
