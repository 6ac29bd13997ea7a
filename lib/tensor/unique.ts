import { atMost } from '../argument/atMost.js';
import { flag, integer } from '../argument/kind.js';
import { isPlain, readOptions } from '../argument/options.js';
import { bind } from '../native/ops.js';
import { extendTensor, type Tensor } from './tensor.js';

type Three = [Tensor, Tensor, Tensor];
type Flags = [sorted: boolean, returnInverse: boolean, returnCounts: boolean];

const ofAll = bind<(a: Tensor, ...flags: Flags) => Three>('_unique2');
const alongDim = bind<(a: Tensor, dim: number, ...flags: Flags) => Three>('unique_dim');
const runs =
  bind<(a: Tensor, inverse: boolean, counts: boolean, dim?: number) => Three>('unique_consecutive');

/** What is returned beside the elements. */
export interface UniqueOptions {
  /** Also where in the result each element is. Default false. */
  returnInverse?: boolean;
  /** Also how many there are of each. Default false. */
  returnCounts?: boolean;
  /** Parts along this dimension are compared. Default: single elements. */
  dim?: number | null | undefined;
}

const consecutiveSpec = {
  returnInverse: flag.or(false),
  returnCounts: flag.or(false),
  dim: integer().optional(),
};
const uniqueSpec = { sorted: flag.or(true), ...consecutiveSpec };

function wanted(found: Three, { returnInverse, returnCounts }: UniqueOptions): Tensor | Tensor[] {
  if (!returnInverse && !returnCounts) return found[0];
  return found.filter((_, i) => [true, returnInverse, returnCounts][i]);
}

const withoutNull = (options: unknown): unknown =>
  isPlain(options) && options.dim === null ? { ...options, dim: undefined } : options;

interface Answers<Options> {
  (this: Tensor, options?: Options & { returnInverse?: false; returnCounts?: false }): Tensor;
  (this: Tensor, options: Options): Tensor[];
}

/** Elements that differ. */
export const uniques = {
  /**
   * Each element once, in order; with options `[elements, inverse, counts]`, as many as were asked for.
   * @param options.sorted - PyTorch sorts in any case. Default true.
   * @example
   * const x = torch.tensor([3, 1, 3]);
   * x.unique(); // → tensor([1., 3.])
   * x.unique({ returnInverse: true }); // → [ tensor([1., 3.]), tensor([1, 0, 1]) ]
   * x.unique({ returnCounts: true }); // → [ tensor([1., 3.]), tensor([1, 2]) ]
   */
  unique: function (
    this: Tensor,
    options: UniqueOptions & { sorted?: boolean } = {},
  ): Tensor | Tensor[] {
    atMost('unique', 1, arguments.length);
    const { sorted, dim, ...given } = readOptions('unique', uniqueSpec, withoutNull(options));
    const flags = [sorted, given.returnInverse, given.returnCounts] as const;
    return wanted(dim === undefined ? ofAll(this, ...flags) : alongDim(this, dim, ...flags), given);
  } as Answers<UniqueOptions & { sorted?: boolean }>,
  /**
   * As {@link unique}, with elements dropped only where the one before is the same.
   *
   * @example
   * const x = torch.tensor([1, 1, 2, 1]);
   * x.uniqueConsecutive(); // → tensor([1., 2., 1.])
   * x.uniqueConsecutive({ returnCounts: true }); // → [ tensor([1., 2., 1.]), tensor([2, 1, 1]) ]
   */
  uniqueConsecutive: function (this: Tensor, options?: UniqueOptions): Tensor | Tensor[] {
    atMost('uniqueConsecutive', 1, arguments.length);
    const given = readOptions('uniqueConsecutive', consecutiveSpec, withoutNull(options));
    return wanted(runs(this, given.returnInverse, given.returnCounts, given.dim), given);
  } as Answers<UniqueOptions>,
};

export type Unique = typeof uniques;
declare module '../native/tensor.js' {
  interface Tensor extends Unique {}
}
extendTensor(uniques);
