import type { Translations } from '../call.js';
import { activation } from './activation.js';
import { arithmetic } from './arithmetic.js';
import { attention } from './attention.js';
import { convolution } from './convolution.js';
import { creation } from './creation.js';
import { distance } from './distance.js';
import { indexing } from './indexing.js';
import { linearAlgebra } from './linear.js';
import { normalization } from './normalization.js';
import { pointwise } from './pointwise.js';
import { pooling } from './pooling.js';
import { recurrence } from './recurrent.js';
import { reduction } from './reduction.js';
import { resampling } from './resampling.js';
import { shaping } from './shaping.js';
import { windows } from './windows.js';

export { constants } from './creation.js';

/** What becomes of each operator, by its name. */
export const translations: Translations = {
  ...activation,
  ...arithmetic,
  ...attention,
  ...convolution,
  ...creation,
  ...distance,
  ...indexing,
  ...linearAlgebra,
  ...normalization,
  ...pointwise,
  ...pooling,
  ...recurrence,
  ...reduction,
  ...resampling,
  ...shaping,
  ...windows,
};
