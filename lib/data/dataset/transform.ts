import { Kind } from '../../argument/kind.js';
import type { Tensor } from '../../tensor/index.js';
import type { Transform } from '../transforms/transform.js';

/** What changes images: a transform, or a function of one's own on a tensor. */
export type TransformLike = Transform | ((images: Tensor) => Tensor);

/** Reads the option `transform` of data sets; a function becomes a transform of which nothing is known. */
export const transformKind = new Kind<TransformLike, Transform>(
  'an object with forward(), or a function',
  (given) => {
    if (typeof (given as Transform | null)?.forward === 'function') return given as Transform;
    if (typeof given !== 'function') return undefined;
    return { pointwise: false, forward: given as (images: Tensor) => Tensor };
  },
);
