import { native } from '../../native/load.js';
import { fusedRulesOf } from '../../optim/claims.js';
import type { Optimizer } from '../../optim/index.js';
import type { FusedRule } from '../../optim/rule.js';
import type { Tensor } from '../../tensor/index.js';

/** Algorithms and states of native/fused/engine.h. */
const algorithmNumbers = { sgd: 0, adam: 1, adamW: 2 } as const;
const stateNumbers = { firstMoment: 1, secondMoment: 2, momentum: 3 } as const;

/** An optimizer as the fused engine is told of it. */
export interface FittingOptimizer {
  /** Of each parameter group, fields of `lenet_fused_optimizer`. */
  readonly groups: readonly Readonly<Record<string, number>>[];
  /** The group of each parameter. */
  readonly groupOf: ReadonlyMap<Tensor, number>;
  /** Steps already taken; with momentum, 0 while there is no momentum yet. */
  readonly steps: number;
  /** What the optimizer remembers: `[number of the state, key]`. */
  readonly states: readonly (readonly [number, string])[];
  /** The key under which it counts the steps of a parameter. */
  readonly count: string | undefined;
}

type AnyOptimizer = Optimizer<object>;

function otherParameters(
  groupOf: ReadonlyMap<Tensor, number>,
  parameters: readonly Tensor[],
): string | undefined {
  const isSame =
    groupOf.size === parameters.length && parameters.every((parameter) => groupOf.has(parameter));
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
  if (rule.algorithm !== 'sgd') {
    const { beta1, beta2, eps } = rule;
    return { algorithm, lr, weightDecay, beta1, beta2, eps };
  }
  const { momentum, dampening, nesterov } = rule;
  return { algorithm, lr, weightDecay, momentum, dampening, nesterov: Number(nesterov) };
}

const largestFloat32 = 3.4028234663852886e38;

const isUsual = (value: number): boolean => value >= 0 && value <= largestFloat32;

// What an optimizer's constructor refuses, and a group may be given later; PyTorch steps with it all the same.
function unusual(rule: FusedRule): string | undefined {
  const { lr, weightDecay } = rule;
  const own =
    rule.algorithm === 'sgd'
      ? { momentum: rule.momentum }
      : { eps: rule.eps, beta1: rule.beta1, beta2: rule.beta2 };
  const found = Object.entries({ lr, weightDecay, ...own }).find(
    ([name, value]) => !isUsual(value) || (name.startsWith('beta') && value >= 1),
  );
  return found && `the optimizer's ${found[0]} is ${found[1]}`;
}

const sameKeys = (a: object, b: object): boolean =>
  String(Object.keys(a)) === String(Object.keys(b));

/** What the fused engine needs to know of an optimizer, or why it cannot take its place. */
export function fitOptimizer(
  optimizer: AnyOptimizer,
  parameters: readonly Tensor[],
): FittingOptimizer | string {
  const rules = fusedRulesOf(optimizer);
  if (typeof rules === 'string') return rules;
  const strange = rules.map(unusual).find((reason) => reason !== undefined);
  if (strange !== undefined) return strange;
  const [rule] = rules as [FusedRule];
  if (
    rules.some(
      ({ algorithm, states }) => algorithm !== rule.algorithm || !sameKeys(states, rule.states),
    )
  ) {
    return "the optimizer's parameter groups are of different kinds";
  }
  const groupOf = new Map(
    optimizer.paramGroups.flatMap(({ params }, i) => params.map((parameter) => [parameter, i])),
  );
  const problem = otherParameters(groupOf, parameters);
  if (problem !== undefined) return problem;
  const states = Object.entries(rule.states).map(
    ([name, key]) => [stateNumbers[name as keyof typeof stateNumbers], key as string] as const,
  );
  const count = rule.algorithm === 'sgd' ? undefined : rule.count;
  const keys = states.map(([, key]) => key);
  const steps = keys.length === 0 ? 0 : stepsOf(optimizer, parameters, keys, count);
  if (typeof steps === 'string') return steps;
  const kept = parameters.flatMap((parameter) =>
    keys
      .map((key) => optimizer.state.get(parameter)?.[key])
      .filter((value): value is Tensor => value !== undefined && value !== null),
  );
  if (!native.haveOwnMemory([...parameters, ...kept])) {
    return "the optimizer's state shares memory with something else of it";
  }
  return { groups: rules.map(optionsOf), groupOf, steps, states, count };
}
