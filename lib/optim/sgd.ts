import { inspect } from 'node:util';
import { anything, flag, number } from '../argument/kind.js';
import { readOptions, type SpecOf } from '../argument/options.js';

import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import type { Tensor } from '../tensor/index.js';
import type { ParamGroup } from './group.js';
import { Optimizer, type ParamsOrGroups } from './optimizer.js';
import { numberOf, switchOf } from './settings.js';
import { requireStates } from './stateDict.js';

/** Options of {@link SGD}. */
export interface SGDOptions {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: number;
  /** Share of the last step kept, ≥ 0. Default 0. */
  momentum: number;
  /** Share of the gradient left out of the momentum. Default 0. */
  dampening: number;
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number;
  /** Looks ahead along the momentum; needs momentum and no dampening. Default false. */
  nesterov: boolean;
  /** Climbs instead of descending. Default false. */
  maximize: boolean;
}

const numbers = ['lr', 'momentum', 'dampening', 'weightDecay'] as const;
const switches = ['nesterov', 'maximize'] as const;

type Scaled = { alpha: number };
const neg = bind<(tensors: Tensor[]) => Tensor[]>('_foreach_neg');
const add = bind<(a: Tensor[], b: Tensor[], scale: Scaled) => Tensor[]>('_foreach_add.List');
const addInPlace = bind<(a: Tensor[], b: Tensor[], scale: Scaled) => void>('_foreach_add_.List');
const mulInPlace = bind<(a: Tensor[], factor: number) => void>('_foreach_mul_.Scalar');

const rate = anything<number>('a number');

// Ranges are checked for each group.
const spec = {
  lr: rate.or(1e-3),
  momentum: rate.or(0),
  dampening: number().or(0),
  weightDecay: rate.or(0),
  nesterov: flag.or(false),
  maximize: flag.or(false),
} satisfies SpecOf<SGDOptions>;

/**
 * Gradient descent, with momentum if asked for; mirrors `torch.optim.SGD`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 */
export class SGD extends Optimizer<SGDOptions> {
  constructor(params: ParamsOrGroups<SGDOptions>, options?: Partial<SGDOptions>) {
    const read = readOptions(new.target.name, spec, options);
    super(params, read);
    // As in Python of these alone: a group without momentum goes without nesterov too.
    if (read.nesterov && (read.momentum <= 0 || read.dampening !== 0)) {
      throw invalidArgument('Nesterov momentum requires a momentum and zero dampening');
    }
  }

  protected override checkOptions(options: SGDOptions): void {
    for (const [name, text] of [
      ['lr', 'learning rate'],
      ['momentum', 'momentum value'],
      ['weightDecay', 'weightDecay value'],
    ] as const) {
      const value = options[name];
      if (!(typeof value === 'number' && value >= 0)) {
        throw invalidArgument(`Invalid ${text}: SGD got ${inspect(value)}`);
      }
    }
    switchOf('SGD: nesterov', options.nesterov);
    switchOf('SGD: maximize', options.maximize);
    numberOf('SGD: dampening', options.dampening);
  }

  protected override checkState(
    what: string,
    param: Tensor,
    state: ReadonlyMap<string, unknown>,
  ): void {
    requireStates(what, param, state, { required: [], optional: ['momentumBuffer'] });
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, fused: null };
  }

  protected override updateGroup(group: ParamGroup<SGDOptions>, params: Tensor[]): void {
    const [lr, momentum, dampening, weightDecay] = numbers.map((key) =>
      numberOf(`SGD: ${key}`, group[key]),
    ) as [number, number, number, number];
    const [nesterov, maximize] = switches.map((key) => switchOf(`SGD: ${key}`, group[key]));
    let grads = params.map((param) => param.grad as Tensor);
    if (maximize) grads = neg(grads);
    if (weightDecay !== 0) grads = add(grads, params, { alpha: weightDecay });
    if (momentum !== 0) {
      const buffers = this.#momentum(params, grads, momentum, dampening);
      grads = nesterov ? add(grads, buffers, { alpha: momentum }) : buffers;
    }
    addInPlace(params, grads, { alpha: -lr });
  }

  // The first step takes the gradient itself as momentum, without dampening.
  #momentum(params: Tensor[], grads: Tensor[], momentum: number, dampening: number): Tensor[] {
    const known: number[] = [];
    const buffers = params.map((param, i) => {
      const buffer = this.state.get(param)?.momentumBuffer;
      if (buffer) {
        known.push(i);
        return buffer;
      }
      const first = (grads[i] as Tensor).detach().clone().keep();
      this.state.set(param, { momentumBuffer: first });
      return first;
    });
    if (known.length > 0) {
      const old = known.map((i) => buffers[i] as Tensor);
      mulInPlace(old, momentum);
      addInPlace(
        old,
        known.map((i) => grads[i] as Tensor),
        { alpha: 1 - dampening },
      );
    }
    return buffers;
  }
}
