import { isUnchanged } from '../../data/transforms/unchanged.js';
import { Adam, type Optimizer, SGD } from '../../optim/index.js';
import { numberOf } from '../../optim/settings.js';
import type { Tensor } from '../../tensor/index.js';

/** States of native/fused/engine.h, by the optimizer's own names. */
const stateNumbers = { expAvg: 1, expAvgSq: 2, momentumBuffer: 3 } as const;

/** An optimizer as the fused engine is told of it. */
export interface FittingOptimizer {
  /** Fields of `lenet_fused_optimizer`. */
  readonly options: Readonly<Record<string, number>>;
  /** Steps already taken; with momentum, 0 while there is no momentum yet. */
  readonly steps: number;
  /** What the optimizer remembers: `[number of the state, key]`. */
  readonly states: readonly (readonly [number, string])[];
}

type AnyOptimizer = Optimizer<object>;

/** Whether an optimizer does what its class says: neither a subclass nor changed. */
export function isPlain(optimizer: AnyOptimizer, type: { readonly prototype: object }): boolean {
  return isUnchanged(optimizer, type, ['step', 'zeroGrad']);
}

function groupOf(optimizer: AnyOptimizer, parameters: readonly Tensor[]): string | undefined {
  if (optimizer.paramGroups.length !== 1) return 'the optimizer has several parameter groups';
  const [group] = optimizer.paramGroups as [{ params: Tensor[] }];
  const all = new Set(group.params);
  if (
    all.size !== group.params.length ||
    all.size !== parameters.length ||
    !parameters.every((parameter) => all.has(parameter))
  ) {
    return "the optimizer's parameters are not those of the model's layers";
  }
  return undefined;
}

function usable(value: Tensor | null | undefined, parameter: Tensor): boolean {
  return (
    value?.dtype === 'float32' &&
    value.deviceName === 'cpu' &&
    value.isContiguous() &&
    String(value.shape) === String(parameter.shape)
  );
}

// How many of the parameters have a state, which must be all or none.
function stepsOf(
  optimizer: AnyOptimizer,
  parameters: readonly Tensor[],
  keys: readonly (keyof typeof stateNumbers)[],
): number | string {
  const counts = parameters.map((parameter) => {
    const state = optimizer.state.get(parameter);
    if (state === undefined || keys.every((key) => !state[key])) return 0;
    if (!keys.every((key) => usable(state[key], parameter))) return Number.NaN;
    return 'step' in state ? Number(state.step?.item()) : 1;
  });
  const [first = 0] = counts;
  const known = counts.every((count) => count === first && Number.isInteger(count) && count >= 0);
  return known ? first : "the optimizer's state is not the same for all parameters";
}

/** What the fused engine needs to know of an optimizer, or why it cannot take its place. */
export function fitOptimizer(
  optimizer: AnyOptimizer,
  parameters: readonly Tensor[],
): FittingOptimizer | string {
  const isAdam = isPlain(optimizer, Adam);
  if (!isAdam && !isPlain(optimizer, SGD)) {
    return `the optimizer ${optimizer.constructor.name} is neither Adam nor SGD`;
  }
  const problem = groupOf(optimizer, parameters);
  if (problem !== undefined) return problem;
  const fitted = isAdam
    ? fitAdam(optimizer as unknown as Adam)
    : fitSgd(optimizer as unknown as SGD);
  if (typeof fitted === 'string') return fitted;
  const steps = fitted.keys.length === 0 ? 0 : stepsOf(optimizer, parameters, fitted.keys);
  if (typeof steps === 'string') return steps;
  const states = fitted.keys.map((key) => [stateNumbers[key], key] as const);
  return { options: fitted.options, steps, states };
}

type Fitted = { options: Record<string, number>; keys: (keyof typeof stateNumbers)[] };

function fitAdam(optimizer: Adam): Fitted | string {
  const [group] = optimizer.paramGroups as [Adam['paramGroups'][number]];
  const { betas, eps, weightDecay, amsgrad, maximize, decoupledWeightDecay } = group;
  const lr = numberOf('Adam: lr', group.lr);
  if (decoupledWeightDecay) return 'the optimizer decouples the weight decay';
  if (amsgrad) return 'the optimizer has amsgrad';
  if (maximize) return 'the optimizer maximizes';
  const [beta1, beta2] = betas;
  return {
    options: { algorithm: 1, lr, weightDecay, beta1, beta2, eps },
    keys: ['expAvg', 'expAvgSq'],
  };
}

function fitSgd(optimizer: SGD): Fitted | string {
  const [group] = optimizer.paramGroups as [SGD['paramGroups'][number]];
  const { momentum, dampening, weightDecay, nesterov, maximize } = group;
  const lr = numberOf('SGD: lr', group.lr);
  if (maximize) return 'the optimizer maximizes';
  return {
    options: { algorithm: 0, nesterov: Number(nesterov), lr, weightDecay, momentum, dampening },
    keys: momentum === 0 ? [] : ['momentumBuffer'],
  };
}
