import type { Translations } from '../call.js';
import { activation } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { convolution } from './convolution.js';
import { creation } from './creation.js';
import { indexing } from './indexing.js';
import { linearAlgebra } from './linear.js';
import { normalization } from './normalization.js';
import { pointwise } from './pointwise.js';
import { pooling } from './pooling.js';
import { reduction } from './reduction.js';
import { shaping } from './shaping.js';

export { constants } from './creation.js';

/** What becomes of each operator, by its name. */
export const translations: Translations = {
  ...activation,
  ...arithmetic,
  ...convolution,
  ...creation,
  ...indexing,
  ...linearAlgebra,
  ...normalization,
  ...pointwise,
  ...pooling,
  ...reduction,
  ...shaping,
};
