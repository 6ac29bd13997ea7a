import { noGrad } from '../../context/autograd.js';
import { getNumThreads } from '../../context/threads.js';
import type { NativeEngine } from '../../native/exports/fused.js';
import { native } from '../../native/load.js';
import { ops } from '../../native/ops.js';
import type { Module } from '../../nn/index.js';
import type { Optimizer } from '../../optim/index.js';
import { scalarDtype } from '../../optim/settings.js';
import { arange, type Tensor, tensor, zerosLike } from '../../tensor/index.js';
import { tidy } from '../../tensor/scope.js';
import { type Chain, sameChain, sourcesOf } from './chain.js';
import type { FittingOptimizer } from './fit.js';
import { numbersOf } from './layers.js';
import { library } from './library.js';
import { folded } from './norm.js';

const parametersState = 0;

// One engine for a model: its evaluations and predictions share the packed weights.
const sessions = new WeakMap<Module, Session>();

/**
 * A model's engine: a packed copy of the parameters, and threads.
 *
 * @throws {TorchError} `ERR_ENGINE_UNSUPPORTED` for a network beyond the engine's bounds.
 */
export class Session {
  readonly chain: Chain;
  readonly engine: NativeEngine;
  readonly #threads = getNumThreads();
  readonly #path = library().path;
  /** Passes and predictions under way that read the packed weights. */
  users = 0;

  constructor(chain: Chain) {
    this.chain = chain;
    const network = numbersOf(chain.image, chain.layers);
    this.engine = native.createFused(this.#path, network, this.#threads);
  }

  /** Whether this engine is made for that network, as things are set now. */
  fits(chain: Chain): boolean {
    return (
      (chain === this.chain || sameChain(chain, this.chain)) &&
      this.#threads === getNumThreads() &&
      this.#path === library().path
    );
  }

  /** Whether the packed weights are those of the model now. */
  get isCurrent(): boolean {
    return native.isFusedCurrent(this.engine);
  }

  /** About how many multiply-adds one image takes forward. */
  get work(): number {
    return native.workOfFused(this.engine);
  }

  load(): void {
    const { parameters, norms } = this.chain;
    tidy(() => {
      const numbers = norms.flatMap((norm, i) => {
        const [weight, bias] = parameters.slice(2 * i, 2 * i + 2);
        return norm === undefined ? [weight!, bias!] : folded(weight!, bias!, norm);
      });
      native.loadFused(this.engine, parametersState, numbers, sourcesOf(this.chain));
    });
  }

  /** Takes over parameters and what the optimizer remembers. */
  loadTraining(optimizer: Optimizer<object>, fitting: FittingOptimizer): void {
    this.load();
    // Where there is no bias, its place goes with the weight.
    const groupOf = this.chain.parameters.map(
      (each, i, all) => fitting.groupOf.get((each ?? all[i - 1])!)!,
    );
    native.configureFused(this.engine, fitting.groups, Int32Array.from(groupOf), fitting.steps);
    if (fitting.steps === 0) return;
    for (const [state, key] of fitting.states) {
      native.loadFused(this.engine, state, this.#states(optimizer, key));
    }
  }

  /** Writes both back where they came from. @param steps - Taken since {@link loadTraining}. */
  storeTraining(optimizer: Optimizer<object>, fitting: FittingOptimizer, steps: number): void {
    if (steps === 0) return;
    native.storeFused(this.engine, parametersState, this.chain.parameters);
    for (const parameter of this.chain.parameters) {
      if (parameter === null) continue;
      parameter.grad = null;
      if (fitting.states.length > 0) prepareState(optimizer, parameter, fitting, steps);
    }
    for (const [state, key] of fitting.states) {
      native.storeFused(this.engine, state, this.#states(optimizer, key));
    }
  }

  #states(optimizer: Optimizer<object>, key: string): (Tensor | null)[] {
    return this.chain.parameters.map((parameter) =>
      parameter === null ? null : (optimizer.state.get(parameter)?.[key] ?? null),
    );
  }
}

// The tensors into which a state is stored, as the optimizer's own first step makes them.
function prepareState(
  optimizer: Optimizer<object>,
  parameter: Tensor,
  { states, steps, count }: FittingOptimizer,
  taken: number,
): void {
  const state = optimizer.state.get(parameter) ?? {};
  if (count !== undefined) {
    state[count] ??= tensor(0, { dtype: scalarDtype() }).keep();
    const counted = state[count];
    noGrad(() => counted.fill_(steps + taken));
  }
  for (const [, key] of states) state[key] ??= noGrad(() => zerosLike(parameter)).keep();
  optimizer.state.set(parameter, state);
}

/** The engine of a model, with the model's weights as they are now. */
export function sessionOf(net: Module, chain: Chain): Session {
  const known = sessions.get(net);
  if (known?.fits(chain)) {
    if (known.isCurrent) return known;
    if (known.users === 0) {
      known.load();
      return known;
    }
    // Somebody still computes with the weights as they were.
  }
  const session = new Session(chain);
  session.load();
  sessions.set(net, session);
  return session;
}

/** What the forward pass does to images before the first layer, by the same operators in the same order. */
export function applySteps({ pixelSteps }: Chain, images: Tensor): Tensor {
  return pixelSteps.reduce((values, { name, overload, arguments: rest }) => {
    const packet = ops.aten[name]!;
    const run = packet[overload === '' ? 'default' : overload]!;
    return run(values, ...rest) as Tensor;
  }, images);
}

/**
 * What the first layer is given for the 256 values of a byte, float32 `(256)`, kept.
 *
 * @param table - What the data set makes of the bytes.
 */
export function pixelTable(chain: Chain, table: Tensor | undefined): Tensor {
  return tidy(() =>
    noGrad(() => applySteps(chain, table?.clone() ?? arange(256).to('uint8'))),
  ).keep();
}
