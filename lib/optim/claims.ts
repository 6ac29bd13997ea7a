import { holds } from '../argument/holds.js';
import type { Optimizer } from './optimizer.js';
import type { CapturableSteps, FusedRule } from './rule.js';

// What a step consists of. Who changes one of these has to say anew who else may take the steps.
const members = ['step', 'zeroGrad', 'updateGroup', 'update', 'prepare', 'stepWithRates'] as const;

type Claim = 'fusedRule' | 'capturable';

function claims(optimizer: Optimizer<object>, claim: Claim, what: string): string | undefined {
  if (holds(optimizer, claim, members)) return undefined;
  const { name } = optimizer.constructor;
  if (optimizer[claim] === undefined) return `the optimizer ${name} ${what}`;
  return `the optimizer ${name} has a step of its own`;
}

/** What the fused engine is told of each of an optimizer's groups, or why it cannot take its place. */
export function fusedRulesOf(optimizer: Optimizer<object>): FusedRule[] | string {
  const problem = claims(optimizer, 'fusedRule', 'has no rule for the fused engine');
  if (problem !== undefined) return problem;
  const rules: FusedRule[] = [];
  for (const group of optimizer.paramGroups) {
    const rule = optimizer.fusedRule!(group);
    if (typeof rule === 'string') return rule;
    rules.push(rule);
  }
  return rules;
}

/** An optimizer's steps for a capture, or why they cannot be captured. */
export function capturableSteps(optimizer: Optimizer<object>): CapturableSteps | string {
  const problem = claims(optimizer, 'capturable', 'does not say that its steps can be captured');
  return problem ?? optimizer.capturable!();
}
