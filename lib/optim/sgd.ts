import { atMost } from '../argument/atMost.js';
import { flag, number } from '../argument/kind.js';
import { noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { type Tensor, zerosLike } from '../tensor/index.js';
import { DeclaredOptimizer, descents, type Remembered, type StepSettings } from './declared.js';
import { each } from './each.js';
import type { ParamGroup } from './group.js';
import type { ParamsOrGroups } from './optimizer.js';
import type { CapturableSteps, FusedRule } from './rule.js';
import { type Given, rate, type Settings } from './settings.js';

const spec = {
  /** Learning rate, ≥ 0. Default 1e-3. */
  lr: rate.or(1e-3),
  /** Share of the last step kept, ≥ 0. Default 0. */
  momentum: number(0).or(0),
  /** Share of the gradient left out of the momentum. Default 0. */
  dampening: number().or(0),
  /** Added to the gradient in proportion to the weight, ≥ 0. Default 0. */
  weightDecay: number(0).or(0),
  /** Looks ahead along the momentum; needs momentum and no dampening. Default false. */
  nesterov: flag.or(false),
  /** Climbs instead of descending. Default false. */
  maximize: flag.or(false),
};

/** Settings of a group of {@link SGD}. */
export type SGDOptions = Settings<typeof spec>;

/**
 * Gradient descent, with momentum if asked for; mirrors `torch.optim.SGD`.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.SGD.html
 * @example
 * const optimizer = new optim.SGD(net.parameters(), { lr: 0.1, momentum: 0.9 });
 * optimizer.paramGroups[0]!.lr; // → 0.1
 */
export class SGD extends DeclaredOptimizer<typeof spec> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('SGD', 2, arguments.length);
    super(spec, params, options);
    const { nesterov, momentum, dampening } = this.defaults;
    // As in Python of these alone: a group without momentum goes without nesterov too.
    if (nesterov && (momentum <= 0 || dampening !== 0)) {
      throw invalidArgument('Nesterov momentum requires a momentum and zero dampening');
    }
  }

  // Made of the first gradient.
  protected override remembers(): Remembered {
    return { momentumBuffer: undefined };
  }

  protected override get takesSparse(): boolean {
    return true;
  }

  protected override savedBesides(): Record<string, unknown> {
    return { foreach: null, differentiable: false, fused: null };
  }

  protected override update(params: Tensor[], settings: StepSettings<typeof spec>): void {
    const { lr, momentum, nesterov } = settings;
    let grads = descents(params, settings);
    if (momentum !== 0) {
      const buffers = this.#momentum(params, grads, settings);
      grads = nesterov ? each.add(grads, buffers, { alpha: momentum }) : buffers;
    }
    each.descend_(params, grads, lr);
  }

  // The first step takes the gradient itself as momentum, without dampening.
  #momentum(
    params: Tensor[],
    grads: Tensor[],
    { momentum, dampening }: StepSettings<typeof spec>,
  ): Tensor[] {
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
      each.mul_(old, momentum);
      each.add_(
        old,
        known.map((i) => grads[i] as Tensor),
        { alpha: 1 - dampening },
      );
    }
    return buffers;
  }

  /** @internal */
  override fusedRule(group: ParamGroup<SGDOptions>): FusedRule | string {
    const { maximize, ...rest } = this.settingsOf(group);
    if (maximize) return 'the optimizer maximizes';
    const states = rest.momentum === 0 ? {} : { momentum: 'momentumBuffer' };
    return { algorithm: 'sgd', ...rest, states };
  }

  /** @internal */
  override capturable(): CapturableSteps | string {
    const begins = this.paramGroups.some(
      ({ params, momentum, dampening }) =>
        momentum !== 0 && dampening !== 0 && params.some((param) => !this.#bufferOf(param)),
    );
    return begins ? 'the first step with momentum and dampening is another than the next' : this;
  }

  // Zeros become the first gradient where nothing is dampened.
  override prepare(): void {
    super.prepare();
    for (const { params, momentum } of this.paramGroups) {
      if (momentum === 0) continue;
      for (const param of params) {
        if (this.#bufferOf(param)) continue;
        this.state.set(param, { momentumBuffer: noGrad(() => zerosLike(param)).keep() });
      }
    }
  }

  #bufferOf(param: Tensor): Tensor | null | undefined {
    return this.state.get(param)?.momentumBuffer;
  }
}
