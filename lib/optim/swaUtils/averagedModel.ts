import { atMost } from '../../argument/atMost.js';
import { anything, callback, flag, instance } from '../../argument/kind.js';
import { readOptions } from '../../argument/options.js';
import { noGrad } from '../../context/autograd.js';
import type { DeviceLike } from '../../context/device.js';
import { requireSynchronous } from '../../context/synchronous.js';
import { invalidArgument } from '../../error.js';
import { copyModule } from '../../nn/copy.js';
import { Module } from '../../nn/index.js';
import { type Tensor, zeros } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import {
  type AverageFunction,
  getSwaAvgFn,
  getSwaMultiAvgFn,
  type MultiAverageFunction,
} from './averages.js';

/** Options of {@link AveragedModel}. */
export interface AveragedModelOptions {
  /** Where the averages are. Default: where the model is. */
  device?: DeviceLike;
  /** How one parameter is averaged. Default: the mean, {@link getSwaAvgFn}. */
  avgFn?: AverageFunction;
  /** How lists of parameters are averaged, in place of `avgFn`. Default: one by one, on a GPU {@link getSwaMultiAvgFn}. */
  multiAvgFn?: MultiAverageFunction;
  /** Whether buffers are averaged too; else they are the model's last. Default false. */
  useBuffers?: boolean;
  /**
   * A second model of the same structure to hold the averages, for one that cannot be copied. Its values go. Default: a copy
   * is made.
   */
  copy?: Module;
}

const moduleKind = instance<Module>(
  Module as unknown as { [Symbol.hasInstance](value: unknown): boolean },
  'a Module',
);

const spec = {
  device: anything<DeviceLike>('a device').optional(),
  avgFn: callback<AverageFunction>().optional(),
  multiAvgFn: callback<MultiAverageFunction>().optional(),
  useBuffers: flag.or(false),
  copy: moduleKind.optional(),
};

type Pair = readonly [averaged: Tensor, current: Tensor];

/**
 * A copy of a model whose parameters are averages of those that the model had at calls of {@link updateParameters};
 * mirrors `torch.optim.swa_utils.AveragedModel`, for averaging weights (`getSwaAvgFn`, and `SWALR` for the rates) and for
 * moving averages (`{ multiAvgFn: getEmaMultiAvgFn(0.999) }`). The state dict is Python's: `n_averaged` and `module.…`.
 *
 * The model is copied with all its fields, without running constructors. What cannot be copied so is refused, such as a
 * class of one's own with `#private` members: then `copy` takes a second model.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for a model that cannot be copied, and for both `avgFn` and `multiAvgFn`.
 * @throws {TorchError} `ERR_STATE_DICT` for a `copy` of another structure.
 * @see https://docs.pytorch.org/docs/stable/optim.html#weight-averaging-swa-and-ema
 * @example
 * const model = new nn.Linear(1, 1, { bias: false });
 * const mean = new optim.swaUtils.AveragedModel(model);
 * for (const value of [1, 3]) {
 *   torch.noGrad(() => model.weight.fill_(value));
 *   mean.updateParameters(model);
 * }
 * mean.forward(torch.ones(1, 1)).item(); // → 2
 */
export class AveragedModel<M extends Module = Module> extends Module {
  readonly module: M;
  // The name is the key of the state dict.
  declare n_averaged: Tensor;
  readonly #avgFn: AverageFunction | null;
  readonly #multiAvgFn: MultiAverageFunction | null;
  readonly useBuffers: boolean;

  constructor(model: M, options?: AveragedModelOptions) {
    atMost('AveragedModel', 2, arguments.length);
    super();
    const given = readOptions('AveragedModel', spec, options);
    const { device, avgFn = null, multiAvgFn = null, useBuffers, copy } = given;
    moduleKind.read('AveragedModel: model', model);
    if (avgFn !== null && multiAvgFn !== null) {
      throw invalidArgument('AveragedModel: expected one of avgFn and multiAvgFn, got both');
    }
    if (copy !== undefined) copy.loadStateDict(model.stateDict());
    this.module = (copy as M | undefined) ?? copyModule('AveragedModel', model);
    if (device !== undefined) this.module.to(device);
    const place = { dtype: 'int64', ...(device !== undefined && { device }) } as const;
    this.registerBuffer('n_averaged', zeros([], place));
    this.#avgFn = avgFn;
    this.#multiAvgFn = multiAvgFn;
    this.useBuffers = useBuffers;
    this.guardMembers();
  }

  /** How many models the averages are of. */
  get nAveraged(): number {
    return Number(this.n_averaged.item());
  }

  /** The copy's forward pass. */
  forward(...inputs: Parameters<M['forward']>): ReturnType<M['forward']> {
    return this.module.forward(...(inputs as unknown[])) as ReturnType<M['forward']>;
  }

  /**
   * Takes the parameters of the model as it is now into the averages; the first time they are taken as they are.
   * @throws {TypeError} `ERR_INVALID_ARG` for a model with other parameters.
   */
  updateParameters(model: Module): void {
    atMost('updateParameters', 1, arguments.length);
    moduleKind.read('updateParameters: model', model);
    noGrad(() =>
      tidy(() => {
        const own = pairs('parameters', this.module, model);
        const buffers = pairs('buffers', this.module, model);
        const averaged = this.useBuffers ? [...own, ...buffers] : own;
        if (this.nAveraged === 0) {
          for (const [average, current] of averaged) average.detach().copy_(current);
        } else {
          this.#average(averaged);
        }
        if (!this.useBuffers) {
          for (const [average, current] of buffers) average.detach().copy_(current);
        }
        this.n_averaged.add_(1);
      }),
    );
  }

  #average(averaged: readonly Pair[]): void {
    const [avgFn, multiAvgFn] = [this.#avgFn, this.#multiAvgFn];
    const groups = new Map<string, Pair[]>();
    for (const pair of averaged) {
      const { deviceName, dtype } = pair[0];
      const key = `${deviceName} ${dtype}`;
      groups.set(key, [...(groups.get(key) ?? []), pair]);
    }
    for (const group of groups.values()) {
      const [averages, currents] = [0, 1].map((side) =>
        group.map((pair) => pair[side]!.detach().to(group[0]![0].device)),
      ) as [Tensor[], Tensor[]];
      const count = this.n_averaged.to(group[0]![0].device);
      // As Python does: all at once on GPUs, where that is faster.
      const isOnGpu = group[0]![0].deviceName.startsWith('cuda');
      const all = multiAvgFn ?? (avgFn === null && isOnGpu ? getSwaMultiAvgFn() : null);
      if (all !== null) {
        requireSynchronous('multiAvgFn', all(averages, currents, count));
        continue;
      }
      const one = avgFn ?? getSwaAvgFn();
      for (const [i, average] of averages.entries()) {
        average.copy_(requireSynchronous('avgFn', one(average, currents[i]!, count)));
      }
    }
  }
}

function pairs(kind: 'parameters' | 'buffers', averaged: Module, model: Module): Pair[] {
  const [own, others] = [[...averaged[kind]()], [...model[kind]()]];
  const isSame = own.every((each, i) => String(each.shape) === String(others[i]?.shape));
  if (own.length !== others.length || !isSame) {
    throw invalidArgument(`updateParameters: model: expected a model with the same ${kind}`);
  }
  return own.map((each, i) => [each, others[i]!]);
}
