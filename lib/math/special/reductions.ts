import type { DType } from '../../native/dtype.js';
import type { Tensor } from '../../tensor/index.js';
import { bindFunction } from '../../tensor/method.js';

interface WithDType {
  dtype?: DType | null;
}

/** `log Σ exp x` along dimensions, without overflow. */
export const logsumexp = bindFunction<{
  (input: Tensor, options: { dim: number | readonly number[]; keepdim?: boolean }): Tensor;
  (input: Tensor, dim: number | readonly number[], keepdim?: boolean): Tensor;
}>('special_logsumexp');

/** As `torch.softmax`. */
export const softmax = bindFunction<{
  (input: Tensor, dim: number, dtype?: DType | null): Tensor;
  (input: Tensor, dim: number, options: WithDType): Tensor;
  (input: Tensor, options: { dim: number } & WithDType): Tensor;
}>('special_softmax');

/** As `torch.logSoftmax`. */
export const logSoftmax = bindFunction<{
  (input: Tensor, dim: number, options?: WithDType): Tensor;
  (input: Tensor, options: { dim: number } & WithDType): Tensor;
}>('special_log_softmax');

/** Nearest numbers, ties to even. @param options.decimals - After the point. Default 0. */
export const round =
  bindFunction<(input: Tensor, options?: { decimals?: number }) => Tensor>('special_round');
