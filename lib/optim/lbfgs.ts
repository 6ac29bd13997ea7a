import { atMost } from '../argument/atMost.js';
import { callback, integer, number, oneOf, orNull } from '../argument/kind.js';
import { readOptions } from '../argument/options.js';
import { enableGrad, noGrad } from '../context/autograd.js';
import { invalidArgument } from '../error.js';
import { bind } from '../native/ops.js';
import { Tensor, zeros } from '../tensor/index.js';
import { asReal, each } from './each.js';
import type { ParamState } from './group.js';
import { checkMemory, copyMemory, emptyMemory, type Memory } from './lbfgsMemory.js';
import { Optimizer, type ParamsOrGroups } from './optimizer.js';
import { type Given, given, rate, type Settings, settingsNow } from './settings.js';
import { type Point, strongWolfe } from './strongWolfe.js';

const spec = {
  /** Length of a step along its direction, ≥ 0; of the first one where a line is searched. Default 1. */
  lr: rate.or(1),
  /** Iterations of a step at most. Default 20. */
  maxIter: integer(0).or(20),
  /** Calls of the closure in a step at most; null: 1.25 · maxIter. Default null. */
  maxEval: orNull(integer(0)).or(null),
  /** A step ends where no gradient is larger. Default 1e-7. */
  toleranceGrad: number().or(1e-7),
  /** A step ends where the loss or all parameters change less. Default 1e-9. */
  toleranceChange: number().or(1e-9),
  /** How many changes of gradients are remembered, ≥ 1. Default 100. */
  historySize: integer(1).or(100),
  /** How the length of a step is found; null: `lr`. Default null. */
  lineSearchFn: orNull(oneOf('strong_wolfe')).or(null),
};

/** Settings of {@link LBFGS}. */
export type LBFGSOptions = Settings<typeof spec>;

const toDense = bind<(a: Tensor) => Tensor>('to_dense');
const cat = bind<(tensors: readonly Tensor[]) => Tensor>('cat');
const dot = (a: Tensor, b: Tensor): number => Number(a.dot(b).item());
const largest = (a: Tensor): number => Number(a.abs().max().item());
const lossOf = (loss: unknown): number => {
  const value = loss instanceof Tensor ? Number(loss.item()) : loss;
  if (typeof value === 'number') return value;
  throw invalidArgument('LBFGS: step: closure: expected a function that returns the loss');
};

/**
 * Quasi-Newton steps with little memory; mirrors `torch.optim.LBFGS`. A step calls the closure several times: it has to
 * set the gradients to zero, compute the loss, call `backward` and return the loss. One group of parameters only; what
 * is remembered is the first parameter's state.
 *
 * @throws {TypeError} `ERR_INVALID_ARG` for an option out of range, several groups, or a step without closure.
 * @see https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
 * @example
 * const w = torch.tensor([4]).requiresGrad_();
 * const lbfgs = new optim.LBFGS([w], { lineSearchFn: 'strong_wolfe' });
 * lbfgs.step(() => {
 *   lbfgs.zeroGrad();
 *   const error = w.sub(1).square().sum();
 *   error.backward();
 *   return error;
 * });
 * w.allclose(torch.ones(1), { atol: 1e-3 }); // → true
 */
export class LBFGS extends Optimizer<Settings<typeof spec>> {
  constructor(params: ParamsOrGroups<Given<typeof spec>>, options?: Given<typeof spec>) {
    atMost('LBFGS', 2, arguments.length);
    const read = readOptions('LBFGS', spec, options);
    const maxEval = read.maxEval ?? Math.floor((read.maxIter * 5) / 4);
    const defaults = given({ ...read, maxEval }) as Settings<typeof spec>;
    super(params as ParamsOrGroups<Settings<typeof spec>>, defaults, spec);
    if (this.paramGroups.length > 1) {
      throw invalidArgument('LBFGS: there are no options by group: expected one group');
    }
  }

  get #params(): Tensor[] {
    return this.paramGroups[0]!.params;
  }

  /**
   * One step: up to `maxIter` iterations.
   * @param closure - Computes the loss anew, with gradients. It is called several times.
   * @returns What the closure gave first.
   */
  override step<T>(closure?: () => T): T | undefined {
    atMost('step', 1, arguments.length);
    callback<() => T>('a function that computes the loss anew').read(
      'LBFGS: step: closure',
      closure,
    );
    if (this.paramGroups.length > 1) {
      throw invalidArgument('LBFGS: there are no options by group: expected one group');
    }
    const evaluate = () => enableGrad(closure!);
    return noGrad(() => this.#iterate(evaluate));
  }

  /** @internal */
  override get needsClosure(): boolean {
    return true;
  }

  // All of it is done by `step`.
  protected override updateGroup(): void {}

  #iterate<T>(evaluate: () => T): T {
    const settings = settingsNow('LBFGS', spec, this.paramGroups[0]!);
    const lr = settings.lr as number;
    const { maxIter, toleranceGrad, toleranceChange, historySize, lineSearchFn } = settings;
    const maxEval = settings.maxEval ?? Math.floor((maxIter * 5) / 4);
    const first = this.#params[0]!;
    this.followParameters([first]);
    const memory = (this.state.get(first) as Memory | undefined) ?? emptyMemory();
    this.state.set(first, memory as unknown as ParamState);
    const original = evaluate();
    let loss = lossOf(original);
    let evaluations = 1;
    memory.funcEvals++;
    let grad = this.#flatGrad();
    if (largest(grad) <= toleranceGrad) return original;
    for (let iteration = 1; iteration <= maxIter; iteration++) {
      memory.nIter++;
      this.#turn(memory, grad, historySize);
      if (memory.prevFlatGrad === null) memory.prevFlatGrad = grad.clone().keep();
      else memory.prevFlatGrad.copy_(grad);
      const before = loss;
      memory.prevLoss = before;
      const direction = memory.d!;
      const slope = dot(grad, direction);
      const size = Number(grad.abs().sum().item());
      memory.t = memory.nIter === 1 ? Math.min(1, 1 / size) * lr : lr;
      if (slope > -toleranceChange) break;
      let isFlat = false;
      let made = 0;
      if (lineSearchFn === null) {
        this.#move(memory.t, direction);
        if (iteration < maxIter) {
          loss = lossOf(evaluate());
          grad = this.#flatGrad();
          made = 1;
        }
      } else {
        const start = this.#params.map((param) => param.clone());
        const at = (t: number): Point => {
          this.#move(t, direction);
          const value = lossOf(evaluate());
          const found = this.#flatGrad();
          for (const [i, param] of this.#params.entries()) param.copy_(start[i]!);
          return { t, loss: value, grad: found, slope: dot(found, direction) };
        };
        const most = maxEval - evaluations;
        const line = { loss, grad, slope, extent: largest(direction), toleranceChange, most };
        const found = strongWolfe(at, memory.t, line);
        ({ loss, grad, t: memory.t } = found.point);
        made = found.evaluations;
        this.#move(memory.t, direction);
      }
      isFlat = largest(grad) <= toleranceGrad;
      evaluations += made;
      memory.funcEvals += made;
      if (iteration === maxIter || evaluations >= maxEval || isFlat) break;
      if (largest(direction.mul(memory.t)) <= toleranceChange) break;
      if (Math.abs(loss - before) < toleranceChange) break;
    }
    return original;
  }

  // The next direction, from what is remembered of the last ones.
  #turn(memory: Memory, grad: Tensor, historySize: number): void {
    if (memory.nIter === 1) {
      Object.assign(memory, { oldDirs: [], oldStps: [], ro: [], H_diag: 1 });
      memory.d = grad.neg().keep();
      return;
    }
    const change = grad.sub(memory.prevFlatGrad!);
    const step = memory.d!.mul(memory.t!);
    const product = dot(change, step);
    const { oldDirs, oldStps, ro } = memory;
    if (product > 1e-10) {
      if (oldDirs.length === historySize) for (const list of [oldDirs, oldStps, ro]) list.shift();
      oldDirs.push(change.keep());
      oldStps.push(step.keep());
      ro.push(1 / product);
      memory.H_diag = product / dot(change, change);
    }
    const q = grad.neg();
    const shares: number[] = [];
    for (let i = oldDirs.length - 1; i >= 0; i--) {
      shares[i] = dot(oldStps[i]!, q) * ro[i]!;
      each.add_([q], [oldDirs[i]!], { alpha: -shares[i]! });
    }
    const direction = q.mul(memory.H_diag);
    for (const [i, old] of oldDirs.entries()) {
      const share = dot(old, direction) * ro[i]!;
      each.add_([direction], [oldStps[i]!], { alpha: shares[i]! - share });
    }
    memory.d = direction.keep();
  }

  #flatGrad(): Tensor {
    const flat = this.#params.map((param) => {
      const { dtype, device } = param;
      const grad = param.grad ?? zeros(param.shape, { dtype, device });
      return asReal([grad.layout === 'strided' ? grad : toDense(grad)])[0]!.reshape([-1]);
    });
    return cat(flat);
  }

  #move(length: number, direction: Tensor): void {
    let from = 0;
    for (const param of asReal(this.#params)) {
      const part = direction.narrow(0, from, param.numel()).reshape(param.shape);
      each.add_([param], [part], { alpha: length });
      from += param.numel();
    }
  }

  /** @internal */
  override followParameters(params: readonly Tensor[]): void {
    for (const param of params) {
      const memory = this.state.get(param) as Memory | undefined;
      if (!memory?.d || memory.d.deviceName === param.deviceName) continue;
      this.state.set(param, copyMemory('LBFGS', param, new Map(Object.entries(memory))));
    }
  }

  protected override get stateNames(): readonly string[] {
    // Python's name has a capital letter, and so has ours.
    return Object.keys(emptyMemory()).filter((key) => key !== 'H_diag');
  }

  protected override checkState(
    what: string,
    param: Tensor,
    state: ReadonlyMap<string, unknown>,
  ): void {
    if (param !== this.#params[0]) {
      throw invalidArgument(`${what}: only the first parameter has a state`);
    }
    const real = (each: Tensor) => (each.dtype.startsWith('complex') ? 2 : 1) * each.numel();
    checkMemory(
      what,
      state,
      this.#params.reduce((sum, each) => sum + real(each), 0),
    );
  }

  protected override copyState(
    what: string,
    param: Tensor,
    state: Map<string, unknown>,
  ): ParamState {
    return copyMemory(what, param, state);
  }
}
