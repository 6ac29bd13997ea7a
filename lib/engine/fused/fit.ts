import { fusedRuleOf } from '../../optim/claims.js';
import type { Optimizer } from '../../optim/index.js';
import type { FusedRule } from '../../optim/rule.js';
import type { Tensor } from '../../tensor/index.js';

/** Algorithms and states of native/fused/engine.h. */
const algorithmNumbers = { sgd: 0, adam: 1 } as const;
const stateNumbers = { firstMoment: 1, secondMoment: 2, momentum: 3 } as const;

/** An optimizer as the fused engine is told of it. */
export interface FittingOptimizer {
  /** Fields of `lenet_fused_optimizer`. */
  readonly options: Readonly<Record<string, number>>;
  /** Steps already taken; with momentum, 0 while there is no momentum yet. */
  readonly steps: number;
  /** What the optimizer remembers: `[number of the state, key]`. */
  readonly states: readonly (readonly [number, string])[];
  /** The key under which it counts the steps of a parameter. */
  readonly count: string | undefined;
}

type AnyOptimizer = Optimizer<object>;

function otherParameters(
  optimizer: AnyOptimizer,
  parameters: readonly Tensor[],
): string | undefined {
  const [group] = optimizer.paramGroups as [{ params: Tensor[] }];
  const all = new Set(group.params);
  const isSame =
    all.size === group.params.length &&
    all.size === parameters.length &&
    parameters.every((parameter) => all.has(parameter));
  return isSame ? undefined : "the optimizer's parameters are not those of the model's layers";
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
  keys: readonly string[],
  count: string | undefined,
): number | string {
  const counts = parameters.map((parameter) => {
    const state = optimizer.state.get(parameter);
    if (state === undefined || keys.every((key) => !state[key])) return 0;
    if (!keys.every((key) => usable(state[key], parameter))) return Number.NaN;
    return count === undefined ? 1 : Number(state[count]?.item());
  });
  const [first = 0] = counts;
  const known = counts.every((count) => count === first && Number.isInteger(count) && count >= 0);
  return known ? first : "the optimizer's state is not the same for all parameters";
}

function optionsOf(rule: FusedRule): Record<string, number> {
  const algorithm = algorithmNumbers[rule.algorithm];
  const { lr, weightDecay } = rule;
  if (rule.algorithm === 'adam') {
    const { beta1, beta2, eps } = rule;
    return { algorithm, lr, weightDecay, beta1, beta2, eps };
  }
  const { momentum, dampening, nesterov } = rule;
  return { algorithm, lr, weightDecay, momentum, dampening, nesterov: Number(nesterov) };
}

/** What the fused engine needs to know of an optimizer, or why it cannot take its place. */
export function fitOptimizer(
  optimizer: AnyOptimizer,
  parameters: readonly Tensor[],
): FittingOptimizer | string {
  const rule = fusedRuleOf(optimizer);
  if (typeof rule === 'string') return rule;
  const problem = otherParameters(optimizer, parameters);
  if (problem !== undefined) return problem;
  const states = Object.entries(rule.states).map(
    ([name, key]) => [stateNumbers[name as keyof typeof stateNumbers], key as string] as const,
  );
  const count = rule.algorithm === 'adam' ? rule.count : undefined;
  const keys = states.map(([, key]) => key);
  const steps = keys.length === 0 ? 0 : stepsOf(optimizer, parameters, keys, count);
  if (typeof steps === 'string') return steps;
  return { options: optionsOf(rule), steps, states, count };
}
