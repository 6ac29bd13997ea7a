import type { Tensor } from '../tensor/index.js';

/** Parameters with options of their own. */
export type ParamGroup<Options extends object> = Options & { params: Tensor[] };

/** What an optimizer remembers of one parameter. */
export type ParamState = Record<string, Tensor | null>;
