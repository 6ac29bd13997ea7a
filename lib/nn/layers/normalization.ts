import type { OptionsOf } from '../../argument/arguments.js';
import { atMost } from '../../argument/atMost.js';
import { describe } from '../../argument/describe.js';
import { getWorldSize, isInitialized } from '../../distributed/index.js';
import { invalidArgument, TorchError } from '../../error.js';
import type { Tensor } from '../../tensor/index.js';
import { tensorKind } from '../../tensor/kinds.js';
import { instanceNorm, normalize } from '../functional/normalization.js';
import { Module } from '../module/module.js';
import type { Placed } from '../module/parameter.js';
import {
  type OverBatch,
  type OverExample,
  overBatch,
  overExample,
  type Tracked,
  tracked,
} from './tracked.js';

/** Options of the layers that normalise over a batch: all of that is learned and kept by default. */
export interface BatchNormOptions extends OptionsOf<OverBatch & Placed> {}

/** Options of {@link BatchNorm2d}. */
export interface BatchNorm2dOptions extends BatchNormOptions {}

interface Normalizing extends Tracked {
  readonly training: boolean;
  readonly trackRunningStats: boolean;
  readonly momentum: number | null;
  readonly eps: number;
}

function requireDims(name: string, input: Tensor, ...allowed: readonly number[]): void {
  const { ndim } = tensorKind.read(`${name}: input`, input);
  if (allowed.includes(ndim)) return;
  const dims = allowed.map((each) => `${each}D`).join(' or ');
  throw invalidArgument(`${name}: expected ${dims} input (got ${ndim}D input)`);
}

function byBatch(layer: Normalizing, input: Tensor): Tensor {
  const { weight, bias, training, runningMean, runningVar, eps } = layer;
  const tracks = !training || layer.trackRunningStats;
  return normalize({
    input,
    runningMean: tracks ? runningMean : null,
    runningVar: tracks ? runningVar : null,
    weight,
    bias,
    training: training || (runningMean === null && runningVar === null),
    momentum: layer.countBatch(),
    eps,
  });
}

/**
 * Normalises each channel over a batch; mirrors `torch.nn.BatchNorm1d`. In training by the batch's
 * mean and variance, in evaluation by the running ones.
 *
 * Shape: `(N, C)` or `(N, C, L)` → the same. In the state dict the buffers have Python's names: `running_mean`,
 * `running_var`, `num_batches_tracked`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of other than 2 or 3 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm1d.html
 * @example
 * const norm = new nn.BatchNorm1d(1, { affine: false });
 * norm.forward(torch.tensor([[0], [2]])).flatten(); // → tensor([-1.0000, 1.0000])
 * norm.stateDict().running_mean; // → tensor([0.1000])
 */
export class BatchNorm1d extends tracked('BatchNorm1d', overBatch) {
  constructor(numFeatures: number, options?: BatchNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('BatchNorm1d.forward', 1, arguments.length);
    requireDims('BatchNorm1d', input, 2, 3);
    return byBatch(this, input);
  }
}

/**
 * Normalises each channel over a batch; mirrors `torch.nn.BatchNorm2d`. In training by the batch's
 * mean and variance, in evaluation by the running ones.
 *
 * Shape: `(N, C, H, W)` → the same. In the state dict the buffers have Python's names: `running_mean`,
 * `running_var`, `num_batches_tracked`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of other than 4 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm2d.html
 * @example
 * new nn.BatchNorm2d(6).forward(torch.rand(4, 6, 5, 5)).shape; // → [ 4, 6, 5, 5 ]
 */
export class BatchNorm2d extends tracked('BatchNorm2d', overBatch) {
  constructor(numFeatures: number, options?: BatchNorm2dOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('BatchNorm2d.forward', 1, arguments.length);
    requireDims('BatchNorm2d', input, 4);
    return byBatch(this, input);
  }
}

/**
 * Normalises each channel over a batch; mirrors `torch.nn.BatchNorm3d`. In training by the batch's
 * mean and variance, in evaluation by the running ones.
 *
 * Shape: `(N, C, D, H, W)` → the same. In the state dict the buffers have Python's names: `running_mean`,
 * `running_var`, `num_batches_tracked`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of other than 5 dimensions.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.BatchNorm3d.html
 * @example
 * const norm = new nn.BatchNorm3d(3).eval();
 * norm.forward(torch.ones(2, 3, 4, 5, 5)).shape; // → [ 2, 3, 4, 5, 5 ]
 */
export class BatchNorm3d extends tracked('BatchNorm3d', overBatch) {
  constructor(numFeatures: number, options?: BatchNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('BatchNorm3d.forward', 1, arguments.length);
    requireDims('BatchNorm3d', input, 5);
    return byBatch(this, input);
  }
}

/**
 * {@link BatchNorm2d} for any `(N, C, …)` whose statistics are to be those of all processes; mirrors
 * `torch.nn.SyncBatchNorm`. Alone, it is batch normalization; in training by several processes it is refused: it waits
 * for gradients through collectives on GPUs, which Python needs too.
 *
 * @throws {TorchError} `ERR_DISTRIBUTED_UNAVAILABLE` in training where there are several processes.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.SyncBatchNorm.html
 * @example
 * const norm = new nn.SyncBatchNorm(1, { affine: false });
 * norm.forward(torch.tensor([[0], [2]])).flatten(); // → tensor([-1.0000, 1.0000])
 */
export class SyncBatchNorm extends tracked('SyncBatchNorm', overBatch) {
  constructor(numFeatures: number, options?: BatchNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  /**
   * A network with a {@link SyncBatchNorm} in the place of each batch normalization, with the same parameters and running
   * statistics; mirrors `torch.nn.SyncBatchNorm.convert_sync_batchnorm`. The network itself is changed, unless it is such a
   * layer.
   *
   * @throws {TypeError} `ERR_INVALID_ARG` for anything but a module.
   * @example
   * const net = nn.SyncBatchNorm.convertSyncBatchnorm(new nn.Sequential(new nn.BatchNorm1d(2)));
   * String(net.at(0)); // → 'SyncBatchNorm(2, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True)'
   */
  static convertSyncBatchnorm<M extends Module>(module: M): M {
    atMost('SyncBatchNorm.convertSyncBatchnorm', 1, arguments.length);
    if (!(module instanceof Module)) {
      throw invalidArgument(
        `SyncBatchNorm.convertSyncBatchnorm: module: expected a Module, got ${describe(module)}`,
      );
    }
    return converted(module) as M;
  }

  forward(input: Tensor): Tensor {
    atMost('SyncBatchNorm.forward', 1, arguments.length);
    const { ndim } = tensorKind.read('SyncBatchNorm: input', input);
    if (ndim < 2) {
      throw invalidArgument(`SyncBatchNorm: expected at least 2D input (got ${ndim}D input)`);
    }
    if (this.training && isInitialized() && getWorldSize() > 1) {
      throw new TorchError(
        'ERR_DISTRIBUTED_UNAVAILABLE',
        'SyncBatchNorm: statistics over several processes wait for gradients through collectives on GPUs; ' +
          'BatchNorm1d, BatchNorm2d and BatchNorm3d normalise over the batch of each process',
      );
    }
    return byBatch(this, input);
  }
}

function converted(module: Module): Module {
  if (![BatchNorm1d, BatchNorm2d, BatchNorm3d].some((kind) => module instanceof kind)) {
    for (const [name, child] of [...module.namedChildren()]) {
      const made = converted(child);
      if (made !== child) module.addModule(name, made);
    }
    return module;
  }
  const own = module as BatchNorm1d;
  const { numFeatures, eps, momentum, affine, trackRunningStats } = own;
  const made = new SyncBatchNorm(numFeatures, { eps, momentum, affine, trackRunningStats });
  Object.assign(made, { weight: own.weight, bias: own.bias, training: own.training });
  for (const [name, tensor] of own.namedBuffers()) made.registerBuffer(name, tensor);
  return made;
}

/** Options of the layers that normalise each example: nothing is learned or kept by default. */
export interface InstanceNormOptions extends OptionsOf<OverExample & Placed> {}

function byExample(
  layer: Normalizing & { readonly numFeatures: number; readonly affine: boolean },
  name: string,
  input: Tensor,
  rank: number,
): Tensor {
  requireDims(name, input, rank - 1, rank);
  const dim = input.ndim - rank + 1;
  const size = input.shape[dim];
  if (size !== layer.numFeatures && layer.affine) {
    throw invalidArgument(
      `${name}: expected input's size at dim=${dim} to match numFeatures (${layer.numFeatures}), but got: ${size}`,
    );
  }
  const { runningMean, runningVar, weight, bias, eps } = layer;
  const useInputStats = layer.training || !layer.trackRunningStats;
  const momentum = layer.momentum ?? 0;
  const given = { runningMean, runningVar, weight, bias, useInputStats, momentum, eps };
  if (input.ndim === rank) return instanceNorm(input, given);
  return instanceNorm(input.unsqueeze(0), given).squeeze(0);
}

/**
 * Normalises each channel of each example; mirrors `torch.nn.InstanceNorm1d`.
 *
 * Shape: `(N, C, L)` or `(C, L)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of another shape.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm1d.html
 * @example
 * const norm = new nn.InstanceNorm1d(2);
 * norm.forward(torch.tensor([[0, 2], [50, 10]])); // → tensor([[-1.0000, 1.0000], [ 1.0000, -1.0000]])
 */
export class InstanceNorm1d extends tracked('InstanceNorm1d', overExample) {
  constructor(numFeatures: number, options?: InstanceNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('InstanceNorm1d.forward', 1, arguments.length);
    return byExample(this, 'InstanceNorm1d', input, 3);
  }
}

/**
 * Normalises each channel of each example; mirrors `torch.nn.InstanceNorm2d`.
 *
 * Shape: `(N, C, H, W)` or `(C, H, W)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of another shape.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm2d.html
 * @example
 * const norm = new nn.InstanceNorm2d(3, { affine: true });
 * norm.forward(torch.rand(2, 3, 5, 5)).shape; // → [ 2, 3, 5, 5 ]
 * norm.weight; // → Parameter containing: tensor([1., 1., 1.], requires_grad=True)
 */
export class InstanceNorm2d extends tracked('InstanceNorm2d', overExample) {
  constructor(numFeatures: number, options?: InstanceNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('InstanceNorm2d.forward', 1, arguments.length);
    return byExample(this, 'InstanceNorm2d', input, 4);
  }
}

/**
 * Normalises each channel of each example; mirrors `torch.nn.InstanceNorm3d`.
 *
 * Shape: `(N, C, D, H, W)` or `(C, D, H, W)` → the same.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, or an input of another shape.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.nn.InstanceNorm3d.html
 * @example
 * new nn.InstanceNorm3d(3).forward(torch.rand(2, 3, 4, 5, 5)).shape; // → [ 2, 3, 4, 5, 5 ]
 */
export class InstanceNorm3d extends tracked('InstanceNorm3d', overExample) {
  constructor(numFeatures: number, options?: InstanceNormOptions);
  constructor(...given: unknown[]) {
    super(...given);
  }

  forward(input: Tensor): Tensor {
    atMost('InstanceNorm3d.forward', 1, arguments.length);
    return byExample(this, 'InstanceNorm3d', input, 5);
  }
}
