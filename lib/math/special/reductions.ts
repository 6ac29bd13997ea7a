import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface WithDType {
  /** What is computed in. Default: the input's. */
  dtype?: DType | null;
}

/**
 * `log Σ exp x` along dimensions, without overflow. `keepdim` keeps them with size 1, default false.
 *
 * @example
 * torch.special.logsumexp(torch.tensor([1000, 1000]), 0); // → tensor(1000.6932)
 * torch.tensor([1000, 1000]).exp().sum(0).log(); // → tensor(inf)
 */
export const logsumexp = bindFunction<{
  (input: Tensor, options: { dim: number | readonly number[]; keepdim?: boolean }): Tensor;
  (input: Tensor, dim: number | readonly number[], keepdim?: boolean): Tensor;
}>('special_logsumexp');

/**
 * As `torch.softmax`, along `dim`.
 *
 * @example
 * torch.special.softmax(torch.tensor([0, 0, Math.log(2)]), 0); // → tensor([0.2500, 0.2500, 0.5000])
 */
export const softmax = bindFunction<{
  (input: Tensor, dim: number, dtype?: DType | null): Tensor;
  (input: Tensor, dim: number, options: WithDType): Tensor;
  (input: Tensor, options: { dim: number } & WithDType): Tensor;
}>('special_softmax');

/**
 * As `torch.logSoftmax`, along `dim`.
 *
 * @example
 * torch.special.logSoftmax(torch.tensor([0, 0, Math.log(2)]), 0); // → tensor([-1.3863, -1.3863, -0.6931])
 */
export const logSoftmax = bindFunction<{
  (input: Tensor, dim: number, options?: WithDType): Tensor;
  (input: Tensor, options: { dim: number } & WithDType): Tensor;
}>('special_log_softmax');

/**
 * Nearest numbers, ties to even.
 *
 * @param options.decimals - After the point. Default 0.
 * @example
 * torch.special.round(torch.tensor([0.5, 1.5, 2.5])); // → tensor([0., 2., 2.])
 * torch.special.round(torch.tensor([1234.567]), { decimals: -2 }); // → tensor([1200.])
 */
export const round =
  bindFunction<(input: Tensor, options?: { decimals?: number }) => Tensor>('special_round');
