import { noGrad } from '../../context/autograd.js';
import type { RecordedCall } from '../../native/exports/recording.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { misfit } from './layers.js';

/** Batch normalisation by running statistics, which an evaluation computes as part of the layer before it. */
export interface Norm {
  readonly weight: Tensor | null;
  readonly bias: Tensor | null;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly eps: number;
}

/** Names of the operator's tensors, and where {@link Norm} has them. */
export const normTensors = {
  weight: 'weight',
  bias: 'bias',
  running_mean: 'mean',
  running_var: 'variance',
} as const;

/** @returns eps. */
export function readNorm({ arguments: given }: RecordedCall): number {
  if (given.training !== false) misfit('batch_norm: it learns the statistics of the batch');
  if (typeof given.eps !== 'number') misfit('batch_norm: eps is no number');
  return given.eps;
}

/** All tensors of it that there are. */
export const tensorsOf = ({ weight, bias, mean, variance }: Norm): Tensor[] =>
  [weight, bias, mean, variance].filter((tensor) => tensor !== null);

/**
 * Weight and bias of a layer that does what a layer and the normalisation behind it do.
 *
 * @param weight - `(outputs, …)`.
 */
export function folded(weight: Tensor, bias: Tensor | null, norm: Norm): [Tensor, Tensor] {
  return noGrad(() => {
    const { mean, variance, eps } = norm;
    // In float64, so that what is rounded is rounded once.
    const deviation = variance.to('float64').add(eps).sqrt();
    const scale = (norm.weight?.to('float64') ?? 1) as Tensor | 1;
    const factor = scale === 1 ? deviation.reciprocal() : scale.div(deviation);
    const centred = (bias ?? zeros(mean.shape)).to('float64').sub(mean).mul(factor);
    const shifted = norm.bias === null ? centred : centred.add(norm.bias);
    const column = factor.view([-1, ...Array(weight.ndim - 1).fill(1)]);
    return [weight.to('float64').mul(column).to('float32'), shifted.to('float32')];
  });
}
