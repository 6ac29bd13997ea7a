import { Kind } from '../../argument/kind.js';
import { Lambda } from '../../transforms/compose.js';
import { isStep, type Step, type Transform } from '../../transforms/transform.js';

/** What changes images: a transform, or a function of one's own of one image `(C, H, W)`. */
export type TransformLike = Step;

/** Reads the option `transform` of data sets; of a function nothing is known. */
export const transformKind = new Kind<TransformLike, Transform>(
  'an object with forward() or a function',
  (given) => {
    if (!isStep(given)) return undefined;
    return typeof given === 'function' ? new Lambda(given) : given;
  },
);
