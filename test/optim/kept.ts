// What scripts/recording/optim.py keeps of parameters and of what is remembered of them.
import * as torch from '../../lib/index.js';
import { asReal, difference } from '../parity/values.js';

/** Three weighted sums of a tensor. */
export type Sums = readonly (number | string)[];

export type Kept = number | Sums | readonly Sums[] | null;

export const camelCase = (name: string): string =>
  name.replace(/(?<=\w)_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What is wrong with a tensor that was recorded as three weighted sums. */
export function sumsProblem(found: unknown, wanted: Sums, tolerance?: number): string | undefined {
  if (!(found instanceof torch.Tensor)) return `expected a tensor, got ${String(found)}`;
  const real = asReal(found.detach());
  const values = ([real.tolist()] as unknown[]).flat(8) as number[];
  if (values.some((value) => !Number.isFinite(value))) return `got ${values}`;
  return difference(found, { d: found.dtype, s: found.shape, p: wanted as number[] }, tolerance);
}

export function keptProblem(found: unknown, wanted: Kept, tolerance: number): string | undefined {
  if (typeof wanted === 'number' && !(found instanceof torch.Tensor)) {
    const isClose = Math.abs(Number(found) - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
    return isClose ? undefined : `expected ${wanted}, got ${String(found)}`;
  }
  if (typeof wanted === 'number') {
    return Number(found) === wanted ? undefined : `expected ${wanted}, got ${Number(found)}`;
  }
  if (wanted === null) return found === null ? undefined : `expected null, got ${String(found)}`;
  if (!Array.isArray(found)) {
    // Python keeps some numbers as tensors.
    const value = typeof found === 'number' ? torch.tensor(found, { dtype: 'float64' }) : found;
    return sumsProblem(value, wanted as Sums, tolerance);
  }
  if (found.length !== wanted.length) return `expected ${wanted.length} parts`;
  const problems = found.map((each, i) => keptProblem(each, wanted[i] as Kept, tolerance));
  return problems.find((problem) => problem !== undefined);
}

/** A sparse gradient, of rows that go by the step. */
export function everyThirdRow(grad: torch.Tensor, step: number): torch.Tensor {
  const { aten } = torch.ops;
  const rows = torch.arange(grad.shape[0]!).add(step).remainder(3).eq(0);
  const mask = rows.reshape([-1, ...grad.shape.slice(1).map(() => 1)]);
  return aten.to_sparse!(grad.mul(mask), 1) as torch.Tensor;
}
