import { holds } from '../../argument/holds.js';
import type { Tensor } from '../../tensor/index.js';

/** Changes a batch of images. What it says of itself holds as long as no subclass overrides `forward` alone. */
export interface Transform {
  /** Whether each pixel's result depends on its value alone, so that a loader may look it up in a table. */
  readonly pointwise: boolean;
  /** Whether each image is treated by itself, and the same each time: no numbers are drawn. Default false. */
  readonly fixed?: boolean;
  forward(images: Tensor): Tensor;
}

export const isPointwise = (transform: Transform): boolean =>
  transform.pointwise && holds(transform, 'pointwise', ['forward']);

export const isFixed = (transform: Transform): boolean =>
  transform.fixed === true && holds(transform, 'fixed', ['forward']);
