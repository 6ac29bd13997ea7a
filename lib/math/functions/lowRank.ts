import { Signature } from '../../argument/arguments.js';
import { flag, integer, orNull } from '../../argument/kind.js';
import { invalidArgument } from '../../error.js';
import { randn, type Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { bindFunction } from '../../tensor/method.js';
import { qr, svd } from '../linalg/decompositions.js';

/**
 * `[P, L, U]` of what `linalg.luFactor` gives: `(…, m, m)`, `(…, m, k)` and `(…, k, n)`, k the smaller of m and n.
 *
 * @param unpackData - Whether L and U are made, or empty. Default true.
 * @param unpackPivots - Whether P is made, or empty. Default true.
 * @example
 * const A = torch.tensor([[1, 2], [4, 6]]);
 * const [P, L, U] = torch.luUnpack(...torch.linalg.luFactor(A));
 * L; // → tensor([[1.0000, 0.0000], [0.2500, 1.0000]])
 * P.matmul(L).matmul(U); // → tensor([[1., 2.], [4., 6.]])
 */
export const luUnpack = bindFunction<{
  (
    LUData: Tensor,
    LUPivots: Tensor,
    options?: { unpackData?: boolean; unpackPivots?: boolean },
  ): [Tensor, Tensor, Tensor];
  (
    LUData: Tensor,
    LUPivots: Tensor,
    unpackData: boolean,
    unpackPivots?: boolean,
  ): [Tensor, Tensor, Tensor];
}>('lu_unpack');

type Triple = [Tensor, Tensor, Tensor];

const isComplex = ({ dtype }: Tensor): boolean => dtype.startsWith('complex');
const adjoint = bindFunction<(input: Tensor) => Tensor>('adjoint');

// Algorithm 4.4 of Halko, Martinsson and Tropp, as torch._lowrank.get_approximate_basis has it.
function basis(A: Tensor, q: number, niter: number): Tensor {
  const drawn = randn([A.shape.at(-1)!, q], { dtype: A.dtype, device: A.device });
  let Q = qr(A.matmul(drawn))[0];
  for (let i = 0; i < niter; i++) {
    Q = qr(adjoint(A).matmul(Q))[0];
    Q = qr(A.matmul(Q))[0];
  }
  return Q;
}

function approximate(A: Tensor, q: number, niter: number): Triple {
  const [m, n] = A.shape.slice(-2) as [number, number];
  const isWide = m < n;
  const tall = isWide ? adjoint(A) : A;
  const Q = basis(tall, q, niter);
  const [U, S, Vh] = svd(adjoint(Q).matmul(tall), false);
  const [left, right] = [Q.matmul(U), adjoint(Vh)];
  return isWide ? [right, S, left] : [left, S, right];
}

interface LowRank {
  (A: Tensor, q?: number, niter?: number, M?: Tensor | null): Triple;
  (A: Tensor, options?: { q?: number; niter?: number; M?: Tensor | null }): Triple;
}

const lowRank = new Signature(
  'svdLowrank',
  { A: tensorKind, q: integer(0).or(6), niter: integer(0).or(2), M: orNull(tensorKind).or(null) },
  {},
);

/**
 * `[U, S, V]`: the `q` largest singular values of a matrix, or of `A − M`, approximately, from random products.
 * Mirrors `torch.svd_lowrank`.
 *
 * @param q - How many. Default 6.
 * @param niter - Iterations of subspaces. Default 2.
 * @param M - What is subtracted from A first. Default null: nothing.
 * @example
 * const A = torch.tensor([[3, 0], [0, 4]]);
 * const [U, S, V] = torch.svdLowrank(A, 2);
 * S.allclose(torch.tensor([4, 3])); // → true
 * U.matmul(S.diag()).matmul(V.t()).allclose(A, { atol: 1e-5 }); // → true
 */
export const svdLowrank: LowRank = (...given: unknown[]): Triple => {
  const read = {} as { A: Tensor; q: number; niter: number; M: Tensor | null };
  lowRank.read(given, read);
  const { A, q, niter, M } = read;
  return approximate(M === null ? A : A.sub(M.expand(...A.shape)), q, niter);
};

interface Components {
  (A: Tensor, q?: number | null, center?: boolean, niter?: number): Triple;
  (A: Tensor, options?: { q?: number | null; center?: boolean; niter?: number }): Triple;
}

const components = new Signature(
  'pcaLowrank',
  { A: tensorKind, q: orNull(integer()).or(null), center: flag.or(true), niter: integer(0).or(2) },
  {},
);

/**
 * Principal components of rows, approximately: `[U, S, V]`. Mirrors `torch.pca_lowrank`.
 * @param q - How many. Default: 6, or as many as there are.
 * @param center - Whether the mean is subtracted first. Default true.
 * @param niter - Iterations of subspaces. Default 2.
 * @example
 * const points = torch.tensor([[1, 2], [2, 4], [3, 6]]);
 * const [, S, V] = torch.pcaLowrank(points, { q: 1 });
 * V.abs(); // → tensor([[0.4472], [0.8944]])
 * S; // → tensor([3.1623])
 */
export const pcaLowrank: Components = (...given: unknown[]): Triple => {
  const read = {} as { A: Tensor; q: number | null; center: boolean; niter: number };
  components.read(given, read);
  const { A, center, niter } = read;
  const least = Math.min(...A.shape.slice(-2));
  const q = read.q ?? Math.min(6, least);
  if (q < 0 || q > least) {
    throw invalidArgument(`pcaLowrank: q: expected an integer of 0 to ${least}, got ${q}`);
  }
  if (!/^(float|bfloat)/.test(A.dtype) && !isComplex(A)) {
    throw invalidArgument(`pcaLowrank: A: expected floats, got ${A.dtype}`);
  }
  return approximate(center ? A.sub(A.mean(-2, true)) : A, q, niter);
};
