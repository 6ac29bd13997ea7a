import { Kind } from '../../argument/kind.js';
import { isPlain, requireKnown } from '../../argument/options.js';
import { invalidArgument } from '../../error.js';
import type { NativeFunction } from '../../native/exports/operators.js';
import { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';

type Joined = (tensors: readonly Tensor[]) => Tensor;
interface JoinedAlong {
  (tensors: readonly Tensor[], dim?: number): Tensor;
  (
    tensors: readonly Tensor[],
    options: {
      /** Along which. Default 0, the first. */
      dim?: number;
    },
  ): Tensor;
}
/** Tensors one by one or as one array, as in Python. */
type Several = readonly Tensor[] | readonly [readonly Tensor[]];

export function several(what: string, given: readonly unknown[]): Tensor[] {
  const list = given.length === 1 && Array.isArray(given[0]) ? given[0] : given;
  return list.map((each: unknown, i: number) => tensorKind.read(`${what}: tensor ${i}`, each));
}

/**
 * As `torch.cat`.
 *
 * @example
 * torch.concat([torch.ones(1, 2), torch.zeros(1, 2)]); // → tensor([[1., 1.], [0., 0.]])
 */
export const concat = bindFunction<JoinedAlong>('concat');
/**
 * As `torch.cat`.
 *
 * @example
 * torch.concatenate([torch.ones(2, 1), torch.zeros(2, 1)], 1); // → tensor([[1., 0.], [1., 0.]])
 */
export const concatenate = bindFunction<JoinedAlong>('concatenate');
/**
 * Joined in a row: along the second dimension, or the first of vectors.
 *
 * @example
 * torch.hstack([torch.tensor([1, 2]), torch.tensor([3])]); // → tensor([1., 2., 3.])
 * torch.hstack([torch.tensor([[1], [2]]), torch.tensor([[3], [4]])]); // → tensor([[1., 3.], [2., 4.]])
 */
export const hstack = bindFunction<Joined>('hstack');
/**
 * Joined one below the other, vectors as rows.
 *
 * @example
 * torch.vstack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // → tensor([[1., 2.], [3., 4.]])
 */
export const vstack = bindFunction<Joined>('vstack');
/**
 * As {@link vstack}.
 *
 * @example
 * torch.rowStack([torch.tensor([[1, 2]]), torch.tensor([5, 6])]); // → tensor([[1., 2.], [5., 6.]])
 */
export const rowStack = bindFunction<Joined>('row_stack');
/**
 * Joined in depth, along the third dimension.
 *
 * @example
 * torch.dstack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // → tensor([[[1., 3.], [2., 4.]]])
 */
export const dstack = bindFunction<Joined>('dstack');
/**
 * Joined in a row, vectors as columns.
 *
 * @example
 * torch.columnStack([torch.tensor([1, 2]), torch.tensor([3, 4])]); // → tensor([[1., 3.], [2., 4.]])
 */
export const columnStack = bindFunction<Joined>('column_stack');

const of = <Result>(what: string, op: NativeFunction) =>
  ((...tensors: unknown[]): Result => op(several(what, tensors))) as (
    ...tensors: Several
  ) => Result;

const blockDiagOp = bindFunction<Joined>('block_diag');
const broadcastOp = bindFunction<(tensors: readonly Tensor[]) => Tensor[]>('broadcast_tensors');
const cartesianOp = bindFunction<Joined>('cartesian_prod');
const chainOp = bindFunction<(matrices: readonly Tensor[]) => Tensor>('chain_matmul');

/**
 * Matrices along the diagonal of one, zeros elsewhere.
 *
 * @example
 * torch.blockDiag(torch.tensor([[1, 2]]), torch.tensor([[3]])); // → tensor([[1., 2., 0.], [0., 0., 3.]])
 */
export const blockDiag = of<Tensor>('blockDiag', blockDiagOp);
/**
 * Views of the shape that all of them broadcast to.
 *
 * @example
 * const [a, b] = torch.broadcastTensors(torch.tensor([1, 2]), torch.tensor([[5]]));
 * a; // → tensor([[1., 2.]])
 * b; // → tensor([[5., 5.]])
 */
export const broadcastTensors = of<Tensor[]>('broadcastTensors', broadcastOp);
/**
 * All combinations of the elements of vectors, one in each row.
 *
 * @example
 * const a = torch.tensor([1, 2]);
 * torch.cartesianProd(a, a); // → tensor([[1., 1.], [1., 2.], [2., 1.], [2., 2.]])
 */
export const cartesianProd = of<Tensor>('cartesianProd', cartesianOp);
/**
 * Product of matrices, in the order that costs least.
 *
 * @deprecated In Python, which warns at the first call; `linalg.multiDot` takes its place.
 * @example
 * torch.chainMatmul(torch.ones(1, 2), torch.ones(2, 3), torch.ones(3, 1)); // → tensor([[6.]])
 */
export const chainMatmul = of<Tensor>('chainMatmul', chainOp);

interface AtLeast {
  (tensor: Tensor): Tensor;
  (...tensors: [Tensor, Tensor, ...Tensor[]] | readonly [readonly Tensor[]]): Tensor[];
}

const atLeast = (what: string, op: NativeFunction): AtLeast =>
  ((...given: unknown[]) => {
    const isOne = given.length === 1 && given[0] instanceof Tensor;
    return isOne ? op(given[0]) : op(several(what, given));
  }) as AtLeast;

type Widened = { (input: Tensor): Tensor; (tensors: readonly Tensor[]): Tensor };
const one = bindFunction<Widened>('atleast_1d', 'atleast_1d.Sequence');
const two = bindFunction<Widened>('atleast_2d', 'atleast_2d.Sequence');
const three = bindFunction<Widened>('atleast_3d', 'atleast_3d.Sequence');

/**
 * With one dimension or more; of several tensors an array.
 *
 * @example
 * torch.atleast1d(torch.tensor(5)); // → tensor([5.])
 */
export const atleast1d = atLeast('atleast1d', one);
/**
 * With two dimensions or more; of several tensors an array.
 *
 * @example
 * torch.atleast2d(torch.tensor([1, 2])); // → tensor([[1., 2.]])
 * torch.atleast2d(torch.tensor(5), torch.tensor([6])); // → [ tensor([[5.]]), tensor([[6.]]) ]
 */
export const atleast2d = atLeast('atleast2d', two);
/**
 * With three dimensions or more; of several tensors an array.
 *
 * @example
 * torch.atleast3d(torch.tensor([1, 2])).shape; // → [ 1, 2, 1 ]
 */
export const atleast3d = atLeast('atleast3d', three);

const meshgridOp = bindFunction<{
  (tensors: readonly Tensor[]): Tensor[];
  (tensors: readonly Tensor[], options: { indexing: 'ij' | 'xy' }): Tensor[];
}>('meshgrid', 'meshgrid.indexing');

/** Options of {@link meshgrid}. */
export interface MeshgridOptions {
  /** `'ij'`: dimensions in the order of the vectors; `'xy'`: the first two exchanged. Default `'ij'`. */
  indexing?: 'ij' | 'xy';
}

type MeshgridArgs =
  | readonly Tensor[]
  | readonly [...Tensor[], MeshgridOptions]
  | readonly [readonly Tensor[], MeshgridOptions?];

/**
 * Coordinates of a grid whose axes are vectors: for each vector a tensor of the grid's shape.
 *
 * @example
 * const [x, y] = torch.meshgrid(torch.tensor([1, 2]), torch.tensor([7, 8, 9]));
 * x; // → tensor([[1., 1., 1.], [2., 2., 2.]])
 * y; // → tensor([[7., 8., 9.], [7., 8., 9.]])
 */
export function meshgrid(...args: MeshgridArgs): Tensor[] {
  const last = args.at(-1);
  const hasOptions = args.length > 1 && !(last instanceof Tensor);
  if (hasOptions) requireKnown('meshgrid', ['indexing'], last, "{ indexing: 'xy' }");
  const indexing = isPlain(last) ? (last as MeshgridOptions).indexing : undefined;
  const tensors = several('meshgrid', hasOptions ? args.slice(0, -1) : args);
  return indexing === undefined ? meshgridOp(tensors) : meshgridOp(tensors, { indexing });
}

const shapeKind = new Kind<number | readonly number[], readonly number[]>('sizes', (given) => {
  const sizes = Array.isArray(given) ? given : [given];
  return sizes.every((size) => Number.isSafeInteger(size) && size >= 0) ? sizes : undefined;
});

/**
 * The shape that tensors of these shapes broadcast to. A number is a shape of one dimension.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for shapes that do not broadcast.
 * @example
 * torch.broadcastShapes([2, 1], [3], 1); // → [ 2, 3 ]
 */
export function broadcastShapes(...shapes: (number | readonly number[])[]): number[] {
  const all = shapes.map((shape, i) => shapeKind.read(`broadcastShapes: shape ${i}`, shape));
  const length = Math.max(0, ...all.map((shape) => shape.length));
  return Array.from({ length }, (_, i) => {
    const found = all.map((shape) => shape[shape.length - length + i] ?? 1);
    const size = found.find((each) => each !== 1) ?? 1;
    if (found.every((each) => each === 1 || each === size)) return size;
    const words = all.map((shape) => `(${shape.join(', ')})`).join(', ');
    throw invalidArgument(`broadcastShapes: ${words} do not broadcast at dimension ${i - length}`);
  });
}

/**
 * Choices of `r` elements of a vector, one in each row.
 * @param r - Default 2.
 * @param withReplacement - Whether an element may be chosen again. Default false.
 *
 * @example
 * torch.combinations(torch.tensor([1, 2, 3])); // → tensor([[1., 2.], [1., 3.], [2., 3.]])
 * torch.combinations(torch.tensor([1, 2]), { withReplacement: true }); // → tensor([[1., 1.], [1., 2.], [2., 2.]])
 */
export const combinations = bindFunction<{
  (input: Tensor, options?: { r?: number; withReplacement?: boolean }): Tensor;
  (input: Tensor, r: number, withReplacement?: boolean): Tensor;
}>('combinations');
