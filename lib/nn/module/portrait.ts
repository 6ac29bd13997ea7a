import type { Pair } from '../../argument/sizes.js';
import type { Tensor } from '../../tensor/index.js';

/** For each output channel the input channels that it sees, in the order of its stored weights. */
export type ConnectionTable = readonly (readonly number[])[];

/** How pictures show a layer. */
export interface Portrait {
  /** Which of the 1998 paper's layers it is like: its letter (C, S, F, R) and colour follow. */
  readonly kind: 'convolution' | 'subsampling' | 'full' | 'rbf';
  /** What it does, in the words below it: `'max pooling'`. */
  readonly verb: string;
  /** The window that a unit looks through, in pixels or `[height, width]`. Default: all there is. */
  readonly window?: Pair;
  /** The activation that it ends in. Default: found from what the next layer is given. */
  readonly activation?: string | undefined;
  /** Kernels as large as the window, one after the other; of `'rbf'`, a row per unit. */
  readonly weight?: Tensor;
  /** Which input channels, of so many, the kernels lead from. */
  readonly connections?: { readonly inputs: number; readonly table: ConnectionTable };
}
